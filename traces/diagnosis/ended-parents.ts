// Spans that begin long after their parent has ended, though nothing says that they were handed over.

import { SpanKind } from '@opentelemetry/api';
import { endOf } from '../segments.ts';
import type { SpanNode } from '../tree.ts';
import { processOf } from './clock.ts';
import { byService, type Check, countSpans, finding, hopsOf, ms } from './finding.ts';

const RULE = {
  text: 'PRODUCER describes the initiation or scheduling of a local or remote operation. This initiating span often ends before the correlated CONSUMER span, possibly even before the CONSUMER span starts.',
  url: 'https://opentelemetry.io/docs/specs/otel/trace/api/#spankind',
};

/** How long after the end of its parent a span may begin, in ms. */
const MAX_LATE_MS = 1000;

export const endedParents: Check = ({ tree: { nodes }, found }) => {
  const wrongClocks = hopsOf(found, 'clock-skew');
  const late = nodes.filter(
    (node) =>
      latenessOf(node) > MAX_LATE_MS &&
      !isHandedOver(node) &&
      !wrongClocks.has(processOf(node.span)) &&
      !(node.parent && wrongClocks.has(processOf(node.parent.span))),
  );
  return [...byService(late)].map(([service, spans]) => {
    const [first] = late.filter(({ span }) => span === spans[0]);
    return finding({
      kind: 'ended-parents',
      hop: service,
      message: `${countSpans(spans)} ${spans.length === 1 ? 'begins' : 'begin'} ${ms(first ? latenessOf(first) : 0)} after the end of the parent: it did not wait for this work.`,
      spans,
      repair: `If the work belongs to the request, end the parent after it. If it is done later, open a span of kind CONSUMER below a PRODUCER, or a trace of its own with a link to the request.`,
      rule: RULE,
    });
  });
};

/** How long after the end of its parent a span begins, in ms. */
function latenessOf({ span, parent }: SpanNode): number {
  if (parent === null || span.start <= 0 || parent.span.start <= 0) return 0;
  return span.start - endOf(parent.span);
}

/** Whether it is the work of a message, whose sender does not wait. */
export function isHandedOver({ span, parent }: SpanNode): boolean {
  return span.kind === SpanKind.CONSUMER || parent?.span.kind === SpanKind.PRODUCER;
}
