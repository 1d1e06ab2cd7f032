// The proxy: a listener receives a request, a location is chosen, and its action answers.
//
//   receive → target (host, path) → location (static or dynamic?) → static file │ gateway │ return → access log

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { proxy } from '../../otel/contract/index.ts';
import * as names from '../../otel/contract/names.ts';
import { addSpanEvent } from '../../otel/event.ts';
import { inSpan } from '../../otel/span.ts';
import { canWarmUp, WARM_UP_TRACE_ID } from '../../otel/warm-up.ts';
import { type BodyErrorCode, readBody } from '../../runtime/http/body.ts';
import { createTunnels, wantsWebSocket } from '../../runtime/http/tunnel.ts';
import { log } from '../../runtime/log.ts';
import type { Endpoint } from '../../runtime/net/endpoint.ts';
import { listen } from '../../runtime/net/listen.ts';
import { isTls } from '../../runtime/net/tls.ts';
import { isOwnAppHost } from '../../runtime/own-app-hosts.ts';
import { closeServer } from '../../runtime/shutdown.ts';
import { isListening, warmUpServer } from '../../runtime/warm-up.ts';
import { openAccessLog } from './access-log.ts';
import type { ProxyConfig } from './config.ts';
import { createControl } from './control.ts';
import { ALLOWED_METHODS, type FailureCode } from './errors.ts';
import { createListeners } from './listeners.ts';
import type { ReturnAction, ServerBlock } from './location/blocks.ts';
import type { RouteDecision } from './location/choose.ts';
import { createOwnStaticRules } from './location/own-static.ts';
import { createRouting, readRouting } from './location/read.ts';
import { serverBlocks } from './locations.ts';
import { createMetrics } from './metrics.ts';
import { ProxyRequest } from './proxy-request.ts';
import { createFileCache } from './static/file-cache.ts';
import { serveStatic } from './static/serve.ts';
import { readTarget } from './target.ts';
import { type NamedSite, prepareCertificates } from './tls/certificates.ts';
import { forwardedHeaders } from './upstream/headers.ts';
import { createUpstream } from './upstream/upstream.ts';

/** Sites with certificates that clients refuse. */
const FLAWED: NamedSite[] = (['expired', 'untrusted-root', 'self-signed'] as const).map((flaw) => {
  return { name: flaw, hosts: [`${flaw}.tatis.test`], flaw };
});

/** Of each kind. */
const WARM_UP_REQUESTS = 10;

/** How often the proxy checks whether a certificate expires soon. */
const RENEWAL_CHECK_MS = 12 * 3_600_000;

/** The sites that have certificates: the server blocks, each by its first name; the first one has the addresses, too. */
function namedSites(servers: string[][]): NamedSite[] {
  const sites = servers.map((hosts, index) => {
    return { name: hosts[0] ?? '', hosts: index === 0 ? [...hosts, 'localhost', '127.0.0.1'] : hosts };
  });
  return [...sites, ...FLAWED];
}

/** The proxy as a server: `listen` resolves with its ports, `close` finishes the requests in progress. */
export async function createProxy(config: ProxyConfig, blocks: ServerBlock[] = serverBlocks(config.locationContext)) {
  const { bounds, pageUrl } = config;
  const ownStatic = createOwnStaticRules(config.ownAppFile);
  let routing = createRouting(blocks, ownStatic);

  const findFile = createFileCache(config.cache);
  const upstream = createUpstream(config.upstream);
  const accessLog = openAccessLog(config.accessLog);
  const measure = createMetrics();
  const readCertificates = () =>
    prepareCertificates(config.tlsFolder, namedSites(routing.names), config.certificateFolders);
  const tunnels = createTunnels();
  const listeners = createListeners(config, await readCertificates(), { receive, wantsUpgrade, upgrade, headersFor });
  const control = createControl(config.allowedHosts);
  const renewal = setInterval(renew, RENEWAL_CHECK_MS).unref();

  /** The headers of every response for `host` (nginx: add_header … always); plain HTTP must not have HSTS (RFC 6797, 7.2). */
  function headersFor(socket: Socket, host: string): Record<string, string> {
    const hsts = isTls(socket) ? routing.hstsOf(host) : undefined;
    return hsts === undefined ? {} : { 'strict-transport-security': `max-age=${hsts}` };
  }

  function receive(request: IncomingMessage, response: ServerResponse): void {
    const client = listeners.clientOf(request.socket);
    // Others could hide from the access log by it.
    if (!client.isRouted && request.headers.traceparent?.includes(WARM_UP_TRACE_ID)) delete request.headers.traceparent;
    const target = readTarget(request, bounds.targetBytes, client.serverName);
    const headers = headersFor(request.socket, target.host);
    // The learner's own app may have such a path.
    if (request.url === '/healthz' && !target.failure && !isOwnAppHost(target.host)) {
      const isAllowed = request.method === 'GET' || request.method === 'HEAD';
      response.writeHead(isAllowed ? 200 : 405, { 'content-type': 'text/plain', allow: 'GET, HEAD', ...headers });
      response.end(isAllowed ? 'ok\n' : 'Method not allowed\n');
      return;
    }
    const options = { target, clientAddress: client.address, headers, pageUrl };
    const proxyRequest = new ProxyRequest(request, response, options, (ended) => {
      if (ended.traceId === WARM_UP_TRACE_ID) return;
      accessLog.write(ended);
      measure(ended);
    });
    client.proxyRequest = proxyRequest;
    try {
      answer(proxyRequest);
    } catch (error) {
      log.error({ err: error }, 'request failed');
      proxyRequest.fail('internal');
    }
  }

  /** WebSockets are for the learner's own app alone; they leave no span. */
  function wantsUpgrade(request: IncomingMessage): boolean {
    return wantsWebSocket(request) && isOwnAppHost(readTarget(request, bounds.targetBytes).host);
  }

  function upgrade(request: IncomingMessage, socket: Duplex, first: Buffer): void {
    const target = readTarget(request, bounds.targetBytes);
    const { action } = routing.choose(target);
    if (target.failure || action.kind !== 'dynamic') return void socket.destroy();
    const client = listeners.clientOf(request.socket).address;
    tunnels.pass(request, socket, first, action.config, forwardedHeaders(target, client));
  }

  async function renew(): Promise<void> {
    try {
      listeners.renew(await readCertificates());
    } catch (error) {
      log.error({ err: error }, 'certificates could not be renewed');
    }
  }

  function answer(proxyRequest: ProxyRequest): void {
    const { target, request } = proxyRequest;
    if (target.failure === 'target_malformed' && request.method === 'OPTIONS' && target.raw === '*') {
      proxyRequest.answer(204, { allow: ALLOWED_METHODS }); // of the server as a whole (RFC 9110, 9.3.7)
      return;
    }
    const isTooLarge = Number(request.headers['content-length'] ?? 0) > bounds.bodyBytes;
    const failure = target.failure ?? (isTooLarge ? 'body_too_large' : undefined);
    if (failure) {
      proxyRequest.fail(failure);
      return;
    }
    const { action, rest } = chooseLocation(proxyRequest);
    proxyRequest.kind = action.kind;
    // TRACE would show what other hops added; as with nginx, no location allows it.
    if (request.method === 'TRACE' && action.kind !== 'static') proxyRequest.fail('method_not_allowed');
    else if (action.kind === 'static') void serveStatic(proxyRequest, { ...action, rest }, findFile);
    else if (action.kind === 'dynamic') void forward(proxyRequest, action.config);
    else answerReturn(proxyRequest, action.config);
  }

  /** Forwards a request when its body is complete: a client that is slow or breaks off occupies no worker. */
  async function forward(proxyRequest: ProxyRequest, endpoint: Endpoint): Promise<void> {
    const { request, response, serverSpan } = proxyRequest;
    const body = await readBody(request, response, { max: bounds.bodyBytes, memory: bounds.bodyMemory });
    if (typeof body === 'string') {
      if (!serverSpan.isOver) proxyRequest.fail(BODY_FAILURES[body]);
    } else if (serverSpan.isOver) {
      body?.discard();
    } else {
      if (body) {
        const attributes = { [names.ATTR_BODY_SIZE]: body.size, [names.ATTR_BODY_KEPT]: body.kept };
        addSpanEvent(serverSpan.span, 'request body received', attributes);
      }
      upstream.forward(proxyRequest, endpoint, body);
    }
  }

  function chooseLocation(proxyRequest: ProxyRequest): RouteDecision {
    return inSpan(proxy.location, { parent: proxyRequest.context }, (span) => {
      const decision = routing.choose(proxyRequest.target);
      for (const { rule, outcome } of decision.tried) {
        addSpanEvent(span, 'rule tried', { [names.ATTR_LOCATION_RULE]: rule, [names.ATTR_LOCATION_OUTCOME]: outcome });
      }
      span.setAttributes({
        [names.ATTR_LOCATION_RULE]: decision.rule,
        [names.ATTR_LOCATION_REASON]: decision.reason,
        [names.ATTR_LOCATION_KIND]: decision.action.kind,
      });
      proxyRequest.rule = decision.rule;
      return decision;
    });
  }

  /** Answers requests of its own; dynamic ones only while the gateway listens. */
  async function warmUp(): Promise<void> {
    const accept = (socket: Socket) => listeners.acceptRouted(socket, '127.0.0.1');
    const paths = ['/static/style.css', ...((await isListening(config.locationContext.gateway)) ? ['/'] : [])];
    for (const path of paths)
      await warmUpServer({ accept, pages: [{ host: 'tatis.test', path }], times: WARM_UP_REQUESTS });
  }

  return {
    async listen() {
      if (canWarmUp()) await warmUp();
      return { ...(await listeners.listen()), controlPort: await listen(control, config.control) };
    },
    /** Opens the access log again and reads locations.ts. Throws an Error that names the wrong line; the former rules then stay. */
    async reload(): Promise<void> {
      accessLog.reopen();
      routing = await readRouting(config.locationContext, ownStatic);
      listeners.renew(await readCertificates());
    },
    async close(): Promise<void> {
      clearInterval(renewal);
      tunnels.close();
      await Promise.all([listeners.close(), control.listening && closeServer(control)]);
      upstream.close();
      await accessLog.close();
    },
  };
}

const BODY_FAILURES: Record<BodyErrorCode, FailureCode> = {
  too_large: 'body_too_large',
  too_slow: 'request_timeout',
  broken: 'bad_request',
  not_kept: 'internal',
  no_room: 'internal',
};

function answerReturn(proxyRequest: ProxyRequest, { status, body = '', location }: ReturnAction): void {
  if (status === 404 && body === '') {
    proxyRequest.fail('not_found');
    return;
  }
  const type = { 'content-length': Buffer.byteLength(body), 'content-type': 'text/plain; charset=utf-8' };
  proxyRequest.answer(status, { ...(status !== 204 && type), ...(location !== undefined && { location }) }, body);
}
