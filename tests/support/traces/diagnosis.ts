// Spans by hand, for the tests of the diagnosis.

import { SpanKind } from '@opentelemetry/api';
import type { TraceSpan } from '../../../traces/model.ts';

const { CLIENT, SERVER } = SpanKind;

/** Milliseconds since 1970 at which traces by hand begin. */
export const BEGAN = 1_790_000_000_000;

/** A span by hand: `start` in ms from `BEGAN`. */
export function span(spanId: string, parentSpanId: string | null, changes: Partial<TraceSpan> = {}): TraceSpan {
  const { start = 0, ...rest } = changes;
  return {
    ...{ traceId: 'a'.repeat(32), spanId, parentSpanId, service: 'shop', scope: 'by hand', name: 'work' },
    ...{ kind: SpanKind.INTERNAL, start: BEGAN + start, duration: 10, attributes: {}, resource: {} },
    ...{ events: [], links: [], status: 'unset', error: null, ...rest },
  };
}

/** The attributes of both sides of a request to `path`. */
export const http = (path: string, status = 200) => ({
  'http.request.method': 'GET',
  'url.path': path,
  'http.response.status_code': status,
});

/** A shop that asks its stock: `shop GET` (server) → `shop GET` (client, 10 to 90) → `stock GET /items` (server, 12 to 88). */
export function shopTrace(stock: Partial<TraceSpan> = {}): TraceSpan[] {
  return [
    span('1', null, { name: 'GET', kind: SERVER, duration: 100, attributes: http('/') }),
    span('2', '1', { name: 'GET', kind: CLIENT, start: 10, duration: 80, attributes: http('/items') }),
    span('3', '2', {
      service: 'stock',
      name: 'GET /items',
      kind: SERVER,
      start: 12,
      duration: 76,
      attributes: http('/items'),
      ...stock,
    }),
  ];
}
