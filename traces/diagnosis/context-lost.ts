// The context was not passed on: a call that no span answers, while another trace begins with what answered it.

import type { TraceSpan } from '../model.ts';
import { instanceOf, isAnswerTo } from './calls.ts';
import { type Check, type Finding, finding, labelOf, ms } from './finding.ts';
import { receivedContext } from './received-context.ts';

const RULE = {
  text: 'Because the traceparent header is not received, the vendor creates a new trace-id and parent-id that represents the current request.',
  url: 'https://www.w3.org/TR/trace-context-2/#no-traceparent-received',
};

/** Seen from both sides: where this trace ends too early, and where it begins too late. */
export const contextLost: Check = ({ tree: { roots }, unanswered, neighbours: { near } }) => {
  const tops = near.flatMap((other) => other.tops);
  const after = unanswered.flatMap((call) => {
    const answer = nearest(call, tops);
    return answer ? [lost(call, answer, 'after')] : [];
  });
  const [top] = roots;
  if (after.length > 0 || top === undefined) return after;
  const call = near.flatMap((other) => other.unanswered).find((each) => isAnswerTo(top.span, each));
  return call ? [lost(call, top.span, 'before')] : [];
};

/** The first span of another trace that answers `call`: of several the one that begins soonest after it. */
function nearest(call: TraceSpan, tops: readonly TraceSpan[]): TraceSpan | undefined {
  return tops
    .filter((top) => isAnswerTo(top, call))
    .reduce<TraceSpan | undefined>((best, top) => {
      const apart = Math.abs(top.start - call.start);
      return best && Math.abs(best.start - call.start) <= apart ? best : top;
    }, undefined);
}

/** A service, or which of several routers. */
function sideOf(span: TraceSpan): string {
  return span.service === 'router' ? `router ${instanceOf(span)}` : span.service;
}

function lost(call: TraceSpan, answer: TraceSpan, side: 'after' | 'before'): Finding {
  const apart = ms(Math.max(0, answer.start - call.start));
  const parent =
    answer.parentSpanId === null ? 'no parent' : `the parent ${answer.parentSpanId}, which is in no trace here`;
  const { traceId } = side === 'after' ? answer : call;
  const what =
    side === 'after'
      ? `The trace ends at the call ${labelOf(call)}; ${apart} later trace ${traceId} begins at ${answer.service} with ${parent}: the context was not passed on.`
      : `The trace begins at ${labelOf(answer)} with ${parent}; ${apart} earlier trace ${traceId} ends at the call ${labelOf(call)}: the context was not passed on.`;
  const { sentence, repair } = receivedContext(answer, call);
  return finding({
    kind: 'context-lost',
    hop: `${sideOf(call)} → ${sideOf(answer)}`,
    message: `${what}${sentence && ` ${sentence}`}`,
    spans: [call, answer],
    repair,
    rule: RULE,
    other: { traceId, call: call.spanId, answer: answer.spanId },
  });
}
