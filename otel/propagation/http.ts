// Trace context over HTTP: `traceparent` on requests (https://www.w3.org/TR/trace-context/), replaced at every hop,
// and on responses `traceresponse` (W3C Trace Context level 2 draft) with `Server-Timing: traceparent` beside it,
// so that the client can find the trace.

import type { IncomingHttpHeaders } from 'node:http';
import { type Context, propagation, ROOT_CONTEXT, type Span } from '@opentelemetry/api';

/**
 * The gateway's command to a worker: `end` (with GET /healthz), or, for a lesson or a test, a fault during the request.
 * A client's own is removed.
 */
export const COMMAND_HEADER = 'waybill-command';

/** The faults of a worker's telemetry, as JSON; with the gateway's GET /healthz alone. */
export const TELEMETRY_HEADER = 'waybill-telemetry';

/** The context that a request carries; a context without a span where it carries none, or a malformed one. */
export function extractContext(headers: IncomingHttpHeaders): Context {
  return propagation.extract(ROOT_CONTEXT, headers);
}

/** The headers that carry `context` to the next hop. Set them over those of the request: never a second traceparent. */
export function contextHeaders(context: Context): Record<string, string> {
  const headers: Record<string, string> = {};
  propagation.inject(context, headers);
  return headers;
}

/** The headers that name the trace of a response. */
export function responseHeaders(span: Span): { traceresponse: string; 'server-timing': string } {
  const { traceId, spanId, traceFlags } = span.spanContext();
  const value = `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
  return { traceresponse: value, 'server-timing': `traceparent;desc="${value}"` };
}
