// Anything dynamic goes to the gateway, by http-proxy over kept connections.
// What http-proxy does not do as a proxy must is done in its listeners (docs/decisions/040-http-proxy.md).

import { Agent, type ClientRequest, type IncomingMessage } from 'node:http';
import { context } from '@opentelemetry/api';
import type { Body } from '../../../runtime/http/body.ts';
import type { Endpoint } from '../../../runtime/net/endpoint.ts';
import type { Letter } from '../letter.ts';
import { Errand, type Limits } from './errand.ts';
import { requestHeaders } from './headers.ts';
import { createProxyServer } from './http-proxy.ts';

/** Connections to the gateway that are kept although nobody needs them now (nginx: keepalive). */
const KEPT = 64;

/** What hands letters to the gateway; `close` ends the kept connections. */
export function createUpstream(limits: Limits) {
  const agent = new StrictAgent({ keepAlive: true, maxFreeSockets: KEPT });
  const proxy = createProxyServer({ agent, toProxy: true, selfHandleResponse: true });
  keepOnlyStream(proxy);
  const errands = new WeakMap<IncomingMessage, Errand>();

  proxy.on('proxyReq', (sent: ClientRequest, request: IncomingMessage) => {
    const errand = errands.get(request);
    if (errand === undefined) return;
    sent.path = errand.letter.target.raw; // http-proxy would make one slash of two
    errand.sending(sent);
  });
  proxy.on('proxyRes', (answer, request) => errands.get(request)?.answered(answer));
  proxy.on('error', (error, request) => errands.get(request)?.failed(error));
  proxy.on('econnreset', (error: Error, request: IncomingMessage) => errands.get(request)?.failed(error));

  return {
    /** Hands `letter`, with its whole `body`, to `endpoint`; the letter is answered whatever happens. */
    forward(letter: Letter, endpoint: Endpoint, body: Body | undefined): void {
      const { request, response } = letter;
      const errand = new Errand(letter, endpoint, limits, body);
      errands.set(request, errand);
      request.headers = requestHeaders(letter, errand.context, body?.size);
      const to = { target: { protocol: 'http:', ...endpoint }, ...(body && { buffer: errand.bodyStream(body) }) };
      context.with(errand.context, () => proxy.web(request, response, to));
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
 * whose body is chunked, so that the body would be read as the next letter; the others are done here.
 */
function keepOnlyStream(proxy: object): void {
  const passes = proxy as { webPasses: { name: string }[] };
  passes.webPasses = passes.webPasses.filter(({ name }) => name === 'stream');
}
