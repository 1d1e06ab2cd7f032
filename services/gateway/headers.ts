// Headers that pass through the gateway.

import type { IncomingHttpHeaders } from 'node:http';
import { COMMAND_HEADER } from '../../otel/propagation/http.ts';
import { endToEnd } from '../../runtime/http/headers.ts';

export type Headers = Record<string, string | string[]>;

/**
 * The end-to-end headers, with `overrides`. A client's command to a worker is removed; `tracestate` belongs to the `traceparent`
 * that it came with (Trace Context, 3.3).
 */
export function endToEndHeaders(headers: IncomingHttpHeaders, overrides: Record<string, string> = {}): Headers {
  const { [COMMAND_HEADER]: _, ...passed } = endToEnd(headers);
  if (overrides.traceparent !== undefined || passed.traceparent === undefined) delete passed.tracestate;
  return Object.assign(passed, overrides);
}
