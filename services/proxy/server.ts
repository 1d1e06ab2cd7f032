// The proxy: requests come in at one of two listeners, a location is chosen, and its action answers.
//
//   receive → target (who and what?) → location (static or dynamic?) → static file │ gateway │ return → access log

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { proxy } from '../../otel/contract/index.ts';
import * as names from '../../otel/contract/names.ts';
import { addSpanEvent } from '../../otel/event.ts';
import { inSpan } from '../../otel/span.ts';
import { type BodyFailure, readBody } from '../../runtime/http/body.ts';
import { log } from '../../runtime/log.ts';
import type { Endpoint } from '../../runtime/net/endpoint.ts';
import { isTls } from '../../runtime/net/tls.ts';
import { openAccessLog } from './access-log.ts';
import type { ProxyConfig } from './config.ts';
import type { FailureCode } from './errors.ts';
import { createListeners } from './listeners.ts';
import type { ReturnAction, ServerBlock } from './location/blocks.ts';
import type { RouteDecision } from './location/choose.ts';
import { type Routing, readRouting, routingOf } from './location/read.ts';
import { serverBlocks } from './locations.ts';
import { createMetrics } from './metrics.ts';
import { FORWARDED_METHODS, ProxyRequest } from './proxy-request.ts';
import { createFileCache } from './static/file-cache.ts';
import { serveStatic } from './static/serve.ts';
import { readTarget } from './target.ts';
import { type NamedSite, prepareCertificates } from './tls/certificates.ts';
import { createUpstream } from './upstream/upstream.ts';

/** Names whose certificates are wrong, so that one can see them refused. */
const FLAWED: NamedSite[] = [
  { name: 'expired', hosts: ['expired.tatis.test'], flaw: 'expired' },
  { name: 'untrusted-root', hosts: ['untrusted-root.tatis.test'], flaw: 'untrusted-root' },
  { name: 'self-signed', hosts: ['self-signed.tatis.test'], flaw: 'self-signed' },
];

/** How often the proxy looks whether a certificate expires soon. */
const RENEWAL_CHECK_MS = 12 * 3_600_000;

/** Whom certificates are made for: each server block by its first name; the first one answers for addresses, too. */
function namedSites({ names: servers }: Routing): NamedSite[] {
  const sites = servers.map((names, index) => {
    const hosts = names.filter((name) => /^[\w.-]+$/.test(name));
    return { name: hosts[0] ?? `site-${index}`, hosts: index === 0 ? [...hosts, 'localhost', '127.0.0.1'] : hosts };
  });
  return [...sites, ...FLAWED];
}

/** The proxy as a server: `listen` resolves with its ports, `close` finishes the requests in hand. */
export async function createProxy(config: ProxyConfig, blocks: ServerBlock[] = serverBlocks(config.locationContext)) {
  const { bounds, pageUrl } = config;
  let routing = routingOf(blocks);

  const fileCache = createFileCache(config.memory);
  const upstream = createUpstream(config.upstream);
  const accessLog = openAccessLog(config.log);
  const measure = createMetrics();
  const readCertificates = () => prepareCertificates(config.tlsFolder, namedSites(routing), config.certificateFolders);
  const listeners = createListeners(config, await readCertificates(), { receive, headersFor });
  const renewal = setInterval(renew, RENEWAL_CHECK_MS).unref();

  /** What every answer for `host` has (nginx: add_header … always); by plain HTTP it must not (RFC 6797, 7.2). */
  function headersFor(socket: Socket, host: string): Record<string, string> {
    const hsts = isTls(socket) ? routing.hstsOf(host) : undefined;
    return hsts === undefined ? {} : { 'strict-transport-security': `max-age=${hsts}` };
  }

  function receive(request: IncomingMessage, response: ServerResponse): void {
    const caller = listeners.callerOf(request.socket);
    const target = readTarget(request, bounds.targetBytes, caller.serverName);
    const headers = headersFor(request.socket, target.host);
    if (request.url === '/healthz' && !target.failure) {
      const isRead = request.method === 'GET' || request.method === 'HEAD';
      response.writeHead(isRead ? 200 : 405, { 'content-type': 'text/plain', allow: 'GET, HEAD', ...headers });
      response.end(isRead ? 'ok\n' : 'Method not allowed\n');
      return;
    }
    const proxyRequest = new ProxyRequest(
      request,
      response,
      { target, clientAddress: caller.address, headers, pageUrl },
      (over) => {
        accessLog.write(over);
        measure(over);
      },
    );
    caller.proxyRequest = proxyRequest;
    try {
      answer(proxyRequest);
    } catch (error) {
      log.error({ err: error }, 'a request could not be answered');
      proxyRequest.fail('internal');
    }
  }

  /** Certificates are replaced while the proxy runs, too. */
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
      proxyRequest.answer(204, { allow: FORWARDED_METHODS }); // of the server as a whole (RFC 9110, 9.3.7)
      return;
    }
    if (target.failure) {
      proxyRequest.fail(target.failure);
      return;
    }
    if (Number(request.headers['content-length'] ?? 0) > bounds.bodyBytes) {
      proxyRequest.fail('body_too_large');
      return;
    }
    const { action, rest } = chooseLocation(proxyRequest);
    proxyRequest.kind = action.kind;
    // TRACE would show what other hops added; as with nginx, no location has it.
    if (request.method === 'TRACE' && action.kind !== 'static') proxyRequest.fail('method_not_allowed');
    else if (action.kind === 'static') void serveStatic(proxyRequest, { ...action, rest }, fileCache);
    else if (action.kind === 'dynamic') void forward(proxyRequest, action.config);
    else answerReturn(proxyRequest, action.config);
  }

  /** Asks the gateway when the whole request is here: who sends slowly, or breaks off, keeps no worker busy. */
  async function forward(proxyRequest: ProxyRequest, endpoint: Endpoint): Promise<void> {
    const { request, response } = proxyRequest;
    const body = await readBody(request, response, { max: bounds.bodyBytes, memory: bounds.bodyMemory });
    if (typeof body === 'string') {
      if (!proxyRequest.isAnswered) proxyRequest.fail(BODY_FAILURES[body]);
    } else if (proxyRequest.isAnswered) {
      body?.discard();
    } else {
      if (body) proxyRequest.bodyReceived(body);
      upstream.forward(proxyRequest, endpoint, body);
    }
  }

  function chooseLocation(proxyRequest: ProxyRequest): RouteDecision {
    const { target } = proxyRequest;
    return inSpan(proxy.location, { parent: proxyRequest.context }, (span) => {
      const choice = routing.choose(target);
      for (const { rule, outcome } of choice.tried) {
        addSpanEvent(span, 'rule tried', { [names.ATTR_LOCATION_RULE]: rule, [names.ATTR_LOCATION_OUTCOME]: outcome });
      }
      span.setAttributes({
        [names.ATTR_LOCATION_RULE]: choice.rule,
        [names.ATTR_LOCATION_REASON]: choice.reason,
        [names.ATTR_LOCATION_KIND]: choice.action.kind,
      });
      proxyRequest.rule = choice.rule;
      return choice;
    });
  }

  return {
    listen: listeners.listen,
    /** Opens the access log again, and reads locations.ts. Throws an Error that names the line, and keeps the old, if that is wrong. */
    async reload(): Promise<void> {
      accessLog.reopen();
      routing = await readRouting(config.locationContext);
      listeners.renew(await readCertificates());
    },
    async close(): Promise<void> {
      clearInterval(renewal);
      await listeners.close();
      upstream.close();
      await accessLog.close();
    },
  };
}

const BODY_FAILURES: Record<BodyFailure, FailureCode> = {
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
  proxyRequest.answer(
    status,
    {
      ...(status !== 204 && { 'content-length': Buffer.byteLength(body), 'content-type': 'text/plain; charset=utf-8' }),
      ...(location !== undefined && { location }),
    },
    body,
  );
}
