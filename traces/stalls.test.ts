import { expect, test } from 'vitest';
import type { TraceSpan } from './model.ts';
import { stallSentence } from './stalls.ts';

const span = (duration: number, attributes: TraceSpan['attributes'] = {}) => ({ duration, attributes }) as TraceSpan;

test.for([
  [
    [span(50, { 'waybill.cpu.wait': 20 }), span(40, { 'waybill.cpu.wait': 18 })],
    '38 ms of this were waiting for a CPU.',
  ],
  [
    [span(50, { 'waybill.cpu.wait': 20, 'waybill.gc.pause': 6 })],
    '20 ms of this were waiting for a CPU, 6.0 ms garbage',
  ],
  [[span(50, { 'waybill.gc.pause': 6 })], '6.0 ms of this were garbage collection.'],
  [[span(50, { 'waybill.cpu.wait': 90 })], '50 ms of this were waiting for a CPU.'],
] as const)('%j: %s', ([spans, sentence]) => {
  expect(stallSentence(spans)).toContain(sentence);
});

test('short waits, and a small part of a long trace, are not worth a sentence', () => {
  expect(stallSentence([])).toBe('');
  expect(stallSentence([span(5, { 'waybill.cpu.wait': 1.5 })])).toBe('');
  expect(stallSentence([span(500, { 'waybill.cpu.wait': 20 })])).toBe('');
});
