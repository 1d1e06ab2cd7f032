// A time in the middle of a trace in which no span is open, and which nothing else explains.

import { endOf } from '../segments.ts';
import type { SpanNode } from '../tree.ts';
import { isHandedOver } from './ended-parents.ts';
import { type Check, finding, labelOf, ms } from './finding.ts';

const RULE = {
  text: 'The flag combination SampledFlag == true and IsRecording == false could cause gaps in the distributed trace, and because of this the OpenTelemetry SDK MUST NOT allow this combination.',
  url: 'https://opentelemetry.io/docs/specs/otel/trace/sdk/#sampling',
};

/** Shorter gaps are not reported: in ms, and as a share of the trace. */
const MIN_GAP_MS = 100;
const MIN_SHARE = 0.1;
/** What explains a gap. */
const EXPLAINED_BY = new Set([
  'context-lost',
  'missing-service',
  'orphans',
  'several-roots',
  'clock-skew',
  'ended-parents',
]);

export const gaps: Check = ({ tree: { nodes, start, end }, found }) => {
  if (found.some(({ kind }) => EXPLAINED_BY.has(kind))) return [];
  const inOrder = nodes.filter(({ span }) => span.start > 0).sort((a, b) => a.span.start - b.span.start);
  const min = Math.max(MIN_GAP_MS, MIN_SHARE * (end - start));
  let [last, until] = [inOrder[0], start];
  return inOrder.flatMap((node) => {
    const { span } = node;
    const [gap, before] = [span.start - until, last as SpanNode];
    if (endOf(span) > until) [last, until] = [node, endOf(span)];
    if (gap < min || isHandedOver(node)) return [];
    return [
      finding({
        kind: 'gaps',
        hop: before.span.service === span.service ? span.service : `${before.span.service} → ${span.service}`,
        message: `No span is open for ${ms(gap)}, between the end of ${labelOf(before.span)} and the start of ${labelOf(span)}.`,
        spans: [before.span, span],
        since: span.start - gap,
        repair: `Open a span for what happens between them. If it is a queue, name the spans at both ends PRODUCER and CONSUMER.`,
        rule: RULE,
      }),
    ];
  });
};
