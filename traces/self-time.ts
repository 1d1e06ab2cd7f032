// How long a span worked itself, and how long it waited for those below it: its time covered by its children.

import type { TraceSpan } from './model.ts';
import { endOf } from './segments.ts';

/** Both in ms; together they are the span's duration. */
export function selfTime({ span, children }: { span: TraceSpan; children: readonly { span: TraceSpan }[] }): {
  worked: number;
  waited: number;
} {
  const waited = timeOf(
    children.map((child) => child.span),
    { from: span.start, to: endOf(span) },
  );
  return { worked: Math.max(0, span.duration - waited), waited };
}

/** The time (ms) in which any of `spans` was open, between `from` and `to`: what several share counts once. */
export function timeOf(spans: readonly TraceSpan[], { from = 0, to = Number.POSITIVE_INFINITY } = {}): number {
  let time = 0;
  let until = from;
  for (const span of [...spans].sort((a, b) => a.start - b.start)) {
    const begin = Math.max(until, span.start);
    const end = Math.min(to, endOf(span));
    if (end <= begin) continue;
    time += end - begin;
    until = end;
  }
  return time;
}
