// Anything dynamic goes to the gateway, by http-proxy over kept connections.
// What http-proxy does not do as a proxy must is done in its listeners (docs/decisions/040-http-proxy.md).

import { Agent, type ClientRequest, type IncomingMessage } from 'node:http';
import { context } from '@opentelemetry/api';
import type { Body } from '../../../runtime/http/body.ts';
import type { Endpoint } from '../../../runtime/net/endpoint.ts';
import type { ProxyRequest } from '../proxy-request.ts';
import { requestHeaders } from './headers.ts';
import { createProxyServer } from './http-proxy.ts';
import { type Limits, UpstreamRequest } from './upstream-request.ts';

/** Connections to the gateway that are kept open while idle (nginx: keepalive). */
const KEPT = 64;

/** What hands requests to the gateway; `close` ends the kept connections. */
export function createUpstream(limits: Limits) {
  const agent = new StrictAgent({ keepAlive: true, maxFreeSockets: KEPT });
  const proxy = createProxyServer({ agent, toProxy: true, selfHandleResponse: true });
  keepOnlyStream(proxy);
  const upstreamRequests = new WeakMap<IncomingMessage, UpstreamRequest>();

  proxy.on('proxyReq', (sent: ClientRequest, request: IncomingMessage) => {
    const upstreamRequest = upstreamRequests.get(request);
    if (upstreamRequest === undefined) return;
    sent.path = upstreamRequest.proxyRequest.target.raw; // http-proxy would make one slash of two
    upstreamRequest.sending(sent);
  });
  proxy.on('proxyRes', (answer, request) => upstreamRequests.get(request)?.answered(answer));
  proxy.on('error', (error, request) => upstreamRequests.get(request)?.failed(error));
  proxy.on('econnreset', (error: Error, request: IncomingMessage) => upstreamRequests.get(request)?.failed(error));

  return {
    /** Hands `request`, with its whole `body`, to `endpoint`; the request is answered whatever happens. */
    forward(proxyRequest: ProxyRequest, endpoint: Endpoint, body: Body | undefined): void {
      const { request, response } = proxyRequest;
      const upstreamRequest = new UpstreamRequest(proxyRequest, endpoint, limits, body);
      upstreamRequests.set(request, upstreamRequest);
      request.headers = requestHeaders(proxyRequest, upstreamRequest.context, body?.size);
      const to = {
        target: { protocol: 'http:', ...endpoint },
        ...(body && { buffer: upstreamRequest.bodyStream(body) }),
      };
      context.with(upstreamRequest.context, () => proxy.web(request, response, to));
    },
    close: () => agent.destroy(),
  };
}

/** Reads answers strictly, whatever NODE_OPTIONS says; http-proxy has no option for it. */
class StrictAgent extends Agent {
  addRequest(sent: ClientRequest & { insecureHTTPParser?: boolean }, ...rest: unknown[]): void {
    sent.insecureHTTPParser = false;
    const add = (Agent.prototype as unknown as { addRequest: (...all: unknown[]) => void }).addRequest;
    add.call(this, sent, ...rest);
  }
}

/**
 * http-proxy's passes are `deleteLength`, `timeout`, `XHeaders`, `stream`. The first says `content-length: 0` of a DELETE
 * whose body is chunked, so that the body would be read as the next request; the others are done here.
 */
function keepOnlyStream(proxy: object): void {
  const passes = proxy as { webPasses: { name: string }[] };
  passes.webPasses = passes.webPasses.filter(({ name }) => name === 'stream');
}
