// A trace as it would be without what is wrong with it: with a clock set right, or with its other part.

import type { TraceSpan } from '../model.ts';
import { processOf } from './clock.ts';
import type { Finding, Shift } from './finding.ts';

/** `spans` with the times of processes whose clocks are wrong set right by the estimate, in the order of start. */
export function withClocksSet(spans: readonly TraceSpan[], shifts: readonly Shift[]): TraceSpan[] {
  const byProcess = new Map(shifts.map(({ processName, by }) => [processName, by]));
  const set = spans.map((span) => {
    const by = byProcess.get(processOf(span));
    if (by === undefined || span.start <= 0) return span;
    return { ...span, start: span.start - by, events: span.events.map((each) => ({ ...each, time: each.time - by })) };
  });
  return set.sort((a, b) => a.start - b.start);
}

/** Two parts of a trace as one: the span `answer` below the span `call`. In the order of start. */
export function joined(
  spans: readonly TraceSpan[],
  others: readonly TraceSpan[],
  { call, answer }: NonNullable<Finding['other']>,
): TraceSpan[] {
  const traceId = spans[0]?.traceId ?? '';
  return [...spans, ...others]
    .map((span) => ({ ...span, traceId, ...(span.spanId === answer && { parentSpanId: call }) }))
    .sort((a, b) => a.start - b.start);
}
