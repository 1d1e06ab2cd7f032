// Several spans with one id: delivered twice, or really two that share it.

import type { TraceSpan } from '../model.ts';
import type { SpanNode } from '../tree.ts';
import { byService, type Check, countSpans, finding } from './finding.ts';

const TWICE = {
  text: 'If the client does not get a response it may choose to re-send the same data to guarantee delivery, which may result in duplicate data on the server side.',
  url: 'https://opentelemetry.io/docs/specs/otlp/#duplicate-data',
};
const SHARED = {
  text: 'A unique identifier for a span within a trace, assigned when the span is created.',
  url: 'https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto',
};

export const duplicates: Check = ({ tree: { nodes } }) => {
  const first = new Map<string, TraceSpan>();
  // A server with its client's id (Zipkin) stands below that client, and is right.
  const twins = nodes.filter(({ span, parent }) => {
    const before = first.get(span.spanId);
    if (before === undefined) first.set(span.spanId, span);
    return before !== undefined && parent?.span.spanId !== span.spanId;
  });
  const isResent = ({ span }: SpanNode) => isSame(span, first.get(span.spanId) as TraceSpan);
  const resent = [...byService(twins.filter(isResent))].map(([service, spans]) =>
    finding({
      kind: 'duplicates',
      hop: service,
      message: `${countSpans(spans)} of ${service} arrived twice.`,
      spans,
      repair: `Check that ${service} has one span processor and one exporter, and that only one collector on the way forwards its spans. After a lost response an exporter sends again, which is right.`,
      rule: TWICE,
    }),
  );
  const shared = [...byService(twins.filter((node) => !isResent(node)))].map(([service, spans]) =>
    finding({
      kind: 'duplicates',
      hop: service,
      message: `${countSpans(spans)} of ${service} ${spans.length === 1 ? 'has' : 'have'} the id of another span.`,
      spans,
      repair: `Check the IdGenerator of ${service}: processes that are forked or restored from a snapshot must not share the state of its random numbers.`,
      rule: SHARED,
    }),
  );
  return [...resent, ...shared];
};

function isSame(a: TraceSpan, b: TraceSpan): boolean {
  return a.name === b.name && a.start === b.start && a.duration === b.duration && a.service === b.service;
}
