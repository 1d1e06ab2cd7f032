// What a hop must know of a message's headers: which of them are between two neighbours only and stay behind (RFC 9110,
// 7.6.1: those that Connection names, and those that always are), and whether a body follows.

import type { IncomingHttpHeaders } from 'node:http';

const HOP_BY_HOP = new Set([
  'connection',
  'expect', // answered here (body.ts)
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Headers that frame a message, route it or identify its sender: Connection can't take these away. A sender that names them would have
 * two neighbours disagree about where the message ends (request smuggling); nginx does not let it either.
 */
const KEPT = new Set([
  'authorization',
  'content-encoding',
  'content-length',
  'content-range',
  'content-type',
  'cookie',
  'date',
  'forwarded',
  'host',
  'location',
  'range',
  'set-cookie',
  'traceparent',
  'tracestate',
  'vary',
]);

/** The headers of a message that go on to the next hop. */
export function endToEnd(headers: IncomingHttpHeaders): Record<string, string | string[]> {
  const named = (headers.connection?.toLowerCase().split(/[\s,]+/) ?? []).filter((name) => !KEPT.has(name));
  const passed: Record<string, string | string[]> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined && !HOP_BY_HOP.has(name) && !named.includes(name)) passed[name] = value;
  }
  return passed;
}

/** Whether a request has a body to read (RFC 9112, 6.3). */
export function hasBody(headers: IncomingHttpHeaders): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
