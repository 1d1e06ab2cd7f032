// Headers that end at each hop (RFC 9110, 7.6.1): those that Connection names, and those that always do.

import type { IncomingHttpHeaders } from 'node:http';
import { ORDER_HEADER } from '../../otel/propagation/http.ts';

const HOP_BY_HOP = new Set([
  'connection',
  'expect', // answered here: Node's server sends 100 Continue itself
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  ORDER_HEADER, // ours to set
]);

export type Headers = Record<string, string | string[]>;

/** The headers to pass on, with those of `instead` in place of any of the same name. */
export function passedOn(headers: IncomingHttpHeaders, instead: Record<string, string> = {}): Headers {
  const named = headers.connection?.toLowerCase().split(/[\s,]+/) ?? [];
  const passed: Headers = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined && !HOP_BY_HOP.has(name) && !named.includes(name)) passed[name] = value;
  }
  return Object.assign(passed, instead);
}

/** Whether a request has a body to read. */
export function hasBody(headers: IncomingHttpHeaders): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
