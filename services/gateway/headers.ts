// The headers on their way through the gateway.

import type { IncomingHttpHeaders } from 'node:http';
import { COMMAND_HEADER } from '../../otel/propagation/http.ts';
import { endToEnd } from '../../runtime/http/headers.ts';

export type Headers = Record<string, string | string[]>;

/**
 * The headers to pass on, with those of `instead` in place of any of the same name. Commands to workers are ours to give;
 * `tracestate` belongs to the `traceparent` with which it came (Trace Context, 3.3).
 */
export function passedOn(headers: IncomingHttpHeaders, instead: Record<string, string> = {}): Headers {
  const { [COMMAND_HEADER]: _, ...passed } = endToEnd(headers);
  if (instead.traceparent !== undefined || passed.traceparent === undefined) delete passed.tracestate;
  return Object.assign(passed, instead);
}
