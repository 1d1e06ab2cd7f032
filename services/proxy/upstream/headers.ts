// The headers that are forwarded: hop-by-hop headers are left out (RFC 9110, 7.6.1), and the gateway gets the client's address
// and scheme (X-Forwarded-*, and Forwarded, RFC 7239) in place of what the client itself sent as such.

import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { contextHeaders } from '../../../otel/propagation/http.ts';
import { endToEnd } from '../../../runtime/http/headers.ts';
import type { ProxyRequest } from '../proxy-request.ts';
import type { Target } from '../target.ts';

/** Headers that only the proxy sets. */
const REPLACED = [
  'forwarded',
  'traceparent',
  'tracestate',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
  'x-real-ip',
];

/** The headers of the request to the gateway, with the trace `context` of the span that sends it; `size`: bytes of its body. */
export function requestHeaders(
  { request, target, clientAddress }: ProxyRequest,
  context: ProxyRequest['context'],
  size: number | undefined,
): IncomingHttpHeaders {
  const headers = endToEnd(request.headers);
  for (const name of REPLACED) delete headers[name];
  return {
    ...headers,
    host: target.authority,
    connection: 'keep-alive',
    ...(size !== undefined && { 'content-length': String(size) }),
    ...forwardedHeaders(target, clientAddress),
    ...contextHeaders(context),
  } as IncomingHttpHeaders;
}

/** The Forwarded headers for the gateway, in place of those that the client sent. */
export function forwardedHeaders({ authority, scheme }: Target, clientAddress: string): Record<string, string> {
  const client = clientAddress.includes(':') ? `"[${clientAddress}]"` : clientAddress;
  return {
    'x-forwarded-for': clientAddress,
    'x-forwarded-host': authority,
    'x-forwarded-proto': scheme,
    forwarded: `for=${client};host="${authority}";proto=${scheme}`,
  };
}

/** The headers of the response, with the trace's and those of the server block; Server-Timing keeps what the app measured. */
export function responseHeaders({ ownHeaders }: ProxyRequest, received: IncomingHttpHeaders): OutgoingHttpHeaders {
  const timings = [received['server-timing'], ownHeaders['server-timing']].flat().filter((each) => each !== undefined);
  return {
    ...endToEnd(received),
    ...ownHeaders,
    ...(timings.length > 0 && { 'server-timing': timings.join(', ') }),
  };
}
