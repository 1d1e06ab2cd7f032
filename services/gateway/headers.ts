// The headers on their way through the gateway.

import type { IncomingHttpHeaders } from 'node:http';
import { WORKER_HEADER } from '../../otel/propagation/http.ts';
import { endToEnd } from '../../runtime/http/headers.ts';

export type Headers = Record<string, string | string[]>;

/** The headers to pass on, with those of `instead` in place of any of the same name. Orders to workers are ours to give. */
export function passedOn(headers: IncomingHttpHeaders, instead: Record<string, string> = {}): Headers {
  const { [WORKER_HEADER]: _, ...passed } = endToEnd(headers);
  return Object.assign(passed, instead);
}
