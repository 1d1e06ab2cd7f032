// Headers that pass through the gateway.

import type { IncomingHttpHeaders } from 'node:http';
import { propagation } from '@opentelemetry/api';
import { COMMAND_HEADER } from '../../otel/propagation/http.ts';
import { endToEnd } from '../../runtime/http/headers.ts';

export type Headers = Record<string, string | string[]>;

/**
 * The end-to-end headers, with `overrides`. A client's command to a worker is removed; `tracestate` belongs to the `traceparent`
 * that it came with (Trace Context, 3.3).
 */
export function endToEndHeaders(headers: IncomingHttpHeaders, overrides: Record<string, string> = {}): Headers {
  const { [COMMAND_HEADER]: _, ...passed } = endToEnd(headers);
  for (const name of propagation.fields()) delete passed[name]; // those of the caller, also where this process sends none
  if (overrides.traceparent !== undefined || passed.traceparent === undefined) delete passed.tracestate;
  return Object.assign(passed, overrides);
}
