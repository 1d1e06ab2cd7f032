// Forwards dynamic requests to the gateway, by http-proxy over persistent connections.
// What http-proxy leaves out of a proxy's duties is done in its listeners (docs/decisions/040-http-proxy.md).

import { Agent, type AgentOptions, type ClientRequest, type IncomingMessage } from 'node:http';
import type { NetConnectOpts, Socket } from 'node:net';
import { context } from '@opentelemetry/api';
import type { Body } from '../../../runtime/http/body.ts';
import type { Endpoint } from '../../../runtime/net/endpoint.ts';
import { connectLocally } from '../../../runtime/net/unix-socket.ts';
import type { ProxyRequest } from '../proxy-request.ts';
import { requestHeaders } from './headers.ts';
import { createProxyServer } from './http-proxy.ts';
import { type Limits, UpstreamRequest } from './upstream-request.ts';

/** Idle connections to the gateway that stay open (nginx: keepalive). */
const MAX_IDLE = 64;

/** Makes what forwards requests; `close` ends the idle connections. */
export function createUpstream(limits: Limits) {
  const agent = new GatewayAgent({ keepAlive: true, maxFreeSockets: MAX_IDLE }, limits.sockets);
  const proxy = createProxyServer({ agent, toProxy: true, selfHandleResponse: true });
  keepOnlyStream(proxy);
  const upstreamRequests = new WeakMap<IncomingMessage, UpstreamRequest>();
  const onError = (error: NodeJS.ErrnoException, request: IncomingMessage) =>
    upstreamRequests.get(request)?.onError(error);

  proxy.on('proxyReq', (outgoing: ClientRequest, request: IncomingMessage) => {
    const upstreamRequest = upstreamRequests.get(request);
    if (upstreamRequest === undefined) return;
    outgoing.path = upstreamRequest.proxyRequest.target.raw; // http-proxy would merge two slashes
    upstreamRequest.onRequest(outgoing);
  });
  proxy.on('proxyRes', (incoming, request) => upstreamRequests.get(request)?.onResponse(incoming));
  proxy.on('error', onError);
  proxy.on('econnreset', onError);

  return {
    /** Forwards the request with its complete `body` to `endpoint`; it is answered in any case. */
    forward(proxyRequest: ProxyRequest, endpoint: Endpoint, body: Body | undefined): void {
      const { request, response } = proxyRequest;
      const upstreamRequest = new UpstreamRequest(proxyRequest, endpoint, limits, body);
      upstreamRequests.set(request, upstreamRequest);
      request.headers = requestHeaders(proxyRequest, upstreamRequest.context, body?.size);
      const options = {
        target: { protocol: 'http:', ...endpoint },
        ...(body && { buffer: upstreamRequest.bodyStream(body) }),
      };
      context.with(upstreamRequest.context, () => proxy.web(request, response, options));
    },
    close: () => agent.destroy(),
  };
}

/** Connects to the Unix socket beside the gateway's port where there is one. Parses responses strictly, whatever NODE_OPTIONS says; http-proxy has no option for it. */
class GatewayAgent extends Agent {
  readonly #sockets: string;

  constructor(options: AgentOptions, sockets: string) {
    super(options);
    this.#sockets = sockets;
  }

  override createConnection(options: Endpoint & NetConnectOpts): Socket {
    return connectLocally(this.#sockets, options);
  }

  addRequest(outgoing: ClientRequest & { insecureHTTPParser?: boolean }, ...rest: unknown[]): void {
    outgoing.insecureHTTPParser = false;
    const add = (Agent.prototype as unknown as { addRequest: (...all: unknown[]) => void }).addRequest;
    add.call(this, outgoing, ...rest);
  }
}

/**
 * http-proxy's passes are `deleteLength`, `timeout`, `XHeaders`, `stream`. The first sends `content-length: 0` with a DELETE
 * whose body is chunked, so that the body would be read as the next request; the others are done here.
 */
function keepOnlyStream(proxy: object): void {
  const passes = proxy as { webPasses: { name: string }[] };
  passes.webPasses = passes.webPasses.filter(({ name }) => name === 'stream');
}
