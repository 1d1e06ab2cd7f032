// How long a span worked itself, and how long it waited for those below it: its time covered by its children.

import type { TraceSpan } from './model.ts';
import { endOf } from './segments.ts';

/** Both in ms; together they are the span's duration. */
export function selfTime({ span, children }: { span: TraceSpan; children: readonly { span: TraceSpan }[] }): {
  worked: number;
  waited: number;
} {
  let waited = 0;
  let until = span.start;
  for (const { span: child } of [...children].sort((a, b) => a.span.start - b.span.start)) {
    const from = Math.max(until, child.start);
    const to = Math.min(endOf(span), endOf(child));
    if (to <= from) continue;
    waited += to - from;
    until = to;
  }
  return { worked: Math.max(0, span.duration - waited), waited };
}
