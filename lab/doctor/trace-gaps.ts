// Where the trace of a request has a gap: the hop that lost the context, or the service whose spans did not arrive.
//
//   visitor ─► dns                       each hop is called by the one before it
//      ├─────► router
//      └─────► proxy ─► gateway ─► app

import { tracedServices } from '../../otel/contract/services.ts';
import type { TraceSpan } from '../../traces/model.ts';
import { failed, ok, type Result } from './finding.ts';

/** Another trace that began while the request was under way. */
export type OtherTrace = { traceId: string; rootService: string };

/** Checks the spans of a request that was answered. `others`: traces that began meanwhile. */
export function findGaps(spans: readonly TraceSpan[], others: readonly OtherTrace[]): Result[] {
  if (spans.length === 0 && others.length === 0) {
    return [
      failed(
        'The request was answered, but no service delivered a span of it.',
        'Is OTLP reachable (above)? Does an OTEL_* variable switch tracing off (above)? See what the exporters report in the logs.',
      ),
    ];
  }
  const present = new Set(spans.map(({ service }) => service));
  const roots = new Map(others.map((other) => [other.rootService, other.traceId]));
  const gaps = [...tracedServices].flatMap(([hop, { calledBy, carrier }]): Result[] => {
    if (present.has(hop)) return [];
    const other = roots.get(hop);
    if (other !== undefined && calledBy !== null) {
      return [
        failed(
          `The context is lost between ${calledBy} and ${hop}: ${hop} began a trace of its own (${other}).`,
          `It travels in ${carrier}. Any program between ${calledBy} and ${hop} must pass that on unchanged.`,
        ),
      ];
    }
    if (callersOf(hop).some((caller) => roots.has(caller))) return []; // its spans are in that trace
    return [
      failed(
        `The spans of ${hop} do not arrive, those of the other services do.`,
        `See the log of ${hop}, and the OTEL_* variables that it was started with.`,
      ),
    ];
  });
  return gaps.length > 0 ? gaps : [ok('One request was sent: every hop is in its trace.')];
}

/** The services before `hop`, the nearest first. */
function callersOf(hop: string): string[] {
  const caller = tracedServices.get(hop)?.calledBy ?? null;
  return caller === null ? [] : [caller, ...callersOf(caller)];
}

/** The service whose span begins more than `max` ms before its caller's, or long after it, and by how many ms; null when there is none. */
export function clockSkew(spans: readonly TraceSpan[], max = 20): { service: string; by: number } | null {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  for (const span of spans) {
    const parent = byId.get(span.parentSpanId ?? '');
    if (parent === undefined || parent.service === span.service) continue;
    const by = span.start - parent.start;
    if (by < -max || by > parent.duration + Math.max(max, 1000)) return { service: span.service, by };
  }
  return null;
}
