// The headers on their way through: those that end at each hop stay behind (RFC 9110, 7.6.1), and the gateway gets
// the client's address and scheme (X-Forwarded-*, and Forwarded, RFC 7239). What a client itself sends of these is dropped.

import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { contextHeaders } from '../../../otel/propagation/http.ts';
import { endToEnd } from '../../../runtime/http/headers.ts';
import type { ProxyRequest } from '../proxy-request.ts';

/** Ours to say. */
const REPLACED = new Set([
  'forwarded',
  'traceparent',
  'tracestate',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
  'x-real-ip',
]);

/** The headers of the request to the gateway, with the context of the span that sends it; `size`: bytes of its whole body. */
export function requestHeaders(
  proxyRequest: ProxyRequest,
  traced: ProxyRequest['context'],
  size: number | undefined,
): IncomingHttpHeaders {
  const { request, target, clientAddress } = proxyRequest;
  const headers = endToEnd(request.headers);
  for (const name of REPLACED) delete headers[name];
  const { authority, scheme: proto } = target;
  const by = clientAddress.includes(':') ? `"[${clientAddress}]"` : clientAddress;
  return {
    ...headers,
    host: authority,
    connection: 'keep-alive',
    ...(size !== undefined && { 'content-length': String(size) }),
    'x-forwarded-for': clientAddress,
    'x-forwarded-host': authority,
    'x-forwarded-proto': proto,
    forwarded: `for=${by};host="${authority}";proto=${proto}`,
    ...contextHeaders(traced),
  } as IncomingHttpHeaders;
}

/** The headers of the gateway's answer, with the request's own trace and what its server block adds; Server-Timing keeps what others measured. */
export function answerHeaders(proxyRequest: ProxyRequest, received: IncomingHttpHeaders): OutgoingHttpHeaders {
  const headers = endToEnd(received);
  const ours = proxyRequest.ownHeaders;
  const timings = [received['server-timing'], ours['server-timing']].flat().filter((each) => each !== undefined);
  return { ...headers, ...ours, ...(timings.length > 0 && { 'server-timing': timings.join(', ') }) };
}
