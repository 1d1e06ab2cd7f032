// Readers of traces that are as deep or as wide as a store returns them.

import { expect, test } from 'vitest';
import { span } from '../tests/support/traces/diagnosis.ts';
import { diagnose } from './diagnosis/diagnose.ts';
import { hintSentences } from './hints.ts';
import type { TraceSpan } from './model.ts';
import { stallSentence } from './stalls.ts';
import { storyOf } from './story.ts';

const SPANS = 130_000;
const template = { name: 'template list.html', duration: 50 };

/** A template that makes `SPANS` steps, each inside the one before it, or side by side. */
function trace(shape: 'deep' | 'wide'): TraceSpan[] {
  const steps = Array.from({ length: SPANS }, (_, at) =>
    span(`${at}`, at === 0 || shape === 'wide' ? 'template' : `${at - 1}`, { name: 'step', start: 1, duration: 1 }),
  );
  const root = span('root', null, { duration: 60, attributes: { 'waybill.cpu.wait': 40 } });
  return [root, span('template', 'root', { ...template, start: 1 }), ...steps];
}

test.each(['deep', 'wide'] as const)('a trace that is %s is read whole', (shape) => {
  const spans = trace(shape);
  expect(stallSentence(spans)).toContain('40 ms of this were waiting for a CPU');
  expect(hintSentences(spans)).toEqual(['Slow template: “template list.html” takes 50.0 ms, 83 % of the request.']);
  expect(storyOf(spans)).toHaveLength(SPANS + 2);
  expect(diagnose(spans)).toEqual([]);
});
