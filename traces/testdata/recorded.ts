// For tests: traces that real programs have sent, alone or behind the lab's gateway. Recorded with opentelemetry-instrument 0.66b0
// (Django 5.2, Flask 3.1, FastAPI 0.165; `stable`: OTEL_SEMCONV_STABILITY_OPT_IN=http,database); `by-hand`: lessons/programs/polls.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findSpec, gateway } from '../../otel/contract/index.ts';
import { ATTR_OWN_APP } from '../../otel/contract/names.ts';
import { spansOf, type TraceSpan, type TracesData } from '../model.ts';
import { inTime, type Tree, treeOf } from '../tree.ts';

const read = (file: string) => spansOf(JSON.parse(readFileSync(join(import.meta.dirname, file), 'utf8')) as TracesData);

/** What an app has sent for one request. */
export function appSpans(name: string): TraceSpan[] {
  return read(`${name}.json`);
}

/** A journey to the learner's own app: the lab's spans of a recorded one, with those of `app` in place of its worker's. */
export function behindTheLab(app: readonly TraceSpan[]): Tree {
  const recorded = read('../../dashboards/journey/testdata/dynamic.json').filter(({ service }) => service !== 'app');
  const lab = recorded.map((span) =>
    findSpec(span) === gateway.attempt ? { ...span, attributes: { ...span.attributes, [ATTR_OWN_APP]: true } } : span,
  );
  const attempt = lab.find((span) => findSpec(span) === gateway.attempt) as TraceSpan;
  const ids = new Set(app.map(({ spanId }) => spanId));
  const shift = attempt.start - Math.min(...app.map(({ start }) => start));
  const moved = app.map((span) => ({
    ...span,
    traceId: attempt.traceId,
    parentSpanId: ids.has(span.parentSpanId ?? '') ? span.parentSpanId : attempt.spanId,
    start: span.start + shift,
  }));
  return treeOf(inTime([...lab, ...moved]));
}
