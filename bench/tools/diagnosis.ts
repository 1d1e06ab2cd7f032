// One diagnosis in a process of its own, as the page makes it of a file: a trace of many journeys (journeys.json) below one span.
// Prints the milliseconds, and the CPU's, of the first call and of the tenth.

import { readFileSync } from 'node:fs';
import { diagnose } from '../../traces/diagnosis/diagnose.ts';
import { spansOf, type TraceSpan } from '../../traces/model.ts';

const JOURNEYS_APART_MS = 10;

const { dynamic } = JSON.parse(readFileSync(new URL('journeys.json', import.meta.url), 'utf8'));
const spans = traceOf(spansOf({ resourceSpans: dynamic }), Number(process.argv[2]));
const first = timed();
for (let call = 2; call < 10; call++) diagnose(spans);
console.log(JSON.stringify({ spans: spans.length, first, tenth: timed() }));

function timed() {
  const [cpu, began] = [process.cpuUsage(), performance.now()];
  const found = diagnose(spans).length;
  const { user, system } = process.cpuUsage(cpu);
  return { found, ms: performance.now() - began, cpuMs: (user + system) / 1000 };
}

/** A trace of at least `count` spans: `journey` again and again, below its first span. */
function traceOf(journey: readonly TraceSpan[], count: number): TraceSpan[] {
  const [root, ...rest] = journey as [TraceSpan, ...TraceSpan[]];
  const rounds = Math.ceil((count - 1) / rest.length);
  const all = Array.from({ length: rounds }, (_, round) => {
    const idIn = (id: string | null) => (id === null || id === root.spanId ? root.spanId : `${round}-${id}`);
    return rest.map((span) => ({
      ...span,
      spanId: idIn(span.spanId),
      parentSpanId: idIn(span.parentSpanId),
      start: span.start + round * JOURNEYS_APART_MS,
    }));
  });
  const whole = { ...root, duration: root.duration + rounds * JOURNEYS_APART_MS };
  return [whole, ...all.flat()].sort((a, b) => a.start - b.start);
}
