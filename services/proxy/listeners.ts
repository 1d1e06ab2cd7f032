// The two listeners: plain HTTP, and HTTP behind a PROXY protocol header, for routers (nginx: listen … proxy_protocol).
// What is no request at all is refused here, before anybody has looked at an address.

import { type RequestListener, type Server, STATUS_CODES } from 'node:http';
import { createServer as createTcpServer, type Socket } from 'node:net';
import type { Context } from '@opentelemetry/api';
import type { ApiError } from '../../runtime/http/api-error.ts';
import { failurePage } from '../../runtime/http/failure-page.ts';
import { createHttpServer, type HttpOptions } from '../../runtime/http/server.ts';
import { log } from '../../runtime/log.ts';
import { listen } from '../../runtime/net/listen.ts';
import { tlsContextOf } from '../../runtime/net/proxy-protocol.ts';
import { receiveProxyHeader } from '../../runtime/net/proxy-socket.ts';
import { isTls } from '../../runtime/net/tls.ts';
import { closeServer } from '../../runtime/shutdown.ts';
import type { Bounds, ProxyConfig } from './config.ts';
import { FAILURES, type FailureCode } from './errors.ts';
import { FORWARDED_METHODS, type ProxyRequest } from './proxy-request.ts';
import { hostOf } from './target.ts';
import type { Certificates } from './tls/certificates.ts';
import { createTlsListener } from './tls/tls-listener.ts';

/** The client of a connection, the server name of its TLS handshake, and the request that came last. */
export type Caller = { address: string; serverName?: string | undefined; proxyRequest?: ProxyRequest };

type HeaderTable = Record<string, string>;

export type Listeners = {
  listen: () => Promise<{ port: number; routedPort: number; tlsPort: number; tlsRoutedPort: number }>;
  /** Takes other certificates. */
  renew: (certificates: Certificates) => void;
  close: () => Promise<void>;
  callerOf: (socket: Socket) => Caller;
};

/** Opens nothing yet; `receive` gets every request, `headersFor` returns what is added to an answer for a host. */
export function createListeners(
  { bounds, listening, routed, tls, tlsRouted }: ProxyConfig,
  certificates: Certificates,
  { receive, headersFor }: { receive: RequestListener; headersFor: (socket: Socket, host: string) => HeaderTable },
): Listeners {
  const callers = new WeakMap<Socket, Caller>();
  const callerOf = (socket: Socket): Caller => {
    const known = callers.get(socket);
    if (known) return known;
    const caller = { address: socket.remoteAddress ?? 'unknown' };
    callers.set(socket, caller);
    return caller;
  };

  const http = createSiteServer(bounds, receive, {
    refuse: (socket, problem) => refuse(socket, problem, headersFor(socket, callerOf(socket).serverName ?? '')),
    fail: ({ req }, problem) => callerOf(req.socket).proxyRequest?.fail(codeOf(problem)),
  });
  http.on('timeout', (socket: Socket) => {
    const { proxyRequest } = callerOf(socket);
    if (!proxyRequest || proxyRequest.response.writableFinished) socket.destroy();
    else if (proxyRequest.response.writableNeedDrain) proxyRequest.fail('client_slow'); // else it is not the client who is waited for
  });

  const tlsListener = createTlsListener(http, certificates, bounds, {
    onSecure: (socket, address) => callers.set(socket, { address, serverName: hostOf(socket.servername || '') }),
    plain: () => rawAnswer('plain_http'),
  });

  const unread = new Set<Socket>();
  /** A server for routers; `accept` gets each connection when its header was read, with its client's address. */
  const createRoutedServer = (accept: (socket: Socket, address: string, handshake: Context) => void) =>
    createTcpServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      unread.add(socket);
      receiveProxyHeader(socket, { timeout: bounds.proxyHeaderTimeout })
        .then((header) => {
          const address = header.addresses?.source.host ?? socket.remoteAddress ?? 'unknown';
          accept(socket, address, tlsContextOf(header));
        })
        .catch((error: Error) => {
          log.warn({ reason: error.message }, 'a connection without a PROXY protocol header was closed');
          socket.destroy();
        })
        .finally(() => unread.delete(socket));
    });
  const behindRouters = createRoutedServer((socket, address) => {
    callers.set(socket, { address });
    http.emit('connection', socket);
  });
  const tlsBehindRouters = createRoutedServer(tlsListener.accept);
  const others = [behindRouters, tlsListener.server, tlsBehindRouters];

  return {
    callerOf,
    listen: async () => ({
      port: await listen(http, listening),
      routedPort: await listen(behindRouters, routed),
      tlsPort: await listen(tlsListener.server, tls),
      tlsRoutedPort: await listen(tlsBehindRouters, tlsRouted),
    }),
    renew: tlsListener.renew,
    async close() {
      for (const socket of unread) socket.destroy();
      const closed = others.map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
      tlsListener.abortHandshakes();
      await Promise.all([closeServer(http), ...closed]);
    },
  };
}

function createSiteServer(bounds: Bounds, receive: RequestListener, malformed: HttpOptions): Server {
  const http = createHttpServer(
    {
      maxHeaderSize: bounds.headerBytes,
      headersTimeout: bounds.headerTimeout,
      requestTimeout: bounds.requestTimeout,
      keepAliveTimeout: bounds.keepAlive,
      connectionsCheckingInterval: Math.min(1000, bounds.headerTimeout),
      requireHostHeader: false, // refused with a trace: target.ts
      noDelay: true,
      ...malformed,
    },
    receive,
  );
  http.timeout = bounds.sendTimeout;
  // What a client sent before it closed its side under TLS is answered (RFC 8446, 6.1). Over plain TCP, where that cannot be
  // told from a client that is gone, the connection is closed, as by nginx.
  Object.assign(http, { httpAllowHalfOpen: true });
  return http.on('connection', (socket: Socket) => {
    if (!isTls(socket)) socket.once('end', () => socket.end());
  });
}

/** Answers what is no request, and ends the connection. */
function refuse(socket: Socket, problem: ApiError, headers: HeaderTable): void {
  if (!socket.writable) return void socket.destroy();
  const code = codeOf(problem);
  log.info({ code, reason: problem.message }, 'a connection was refused');
  socket.end(rawAnswer(code, headers));
  socket.destroySoon();
}

/** The proxy's own code for what the HTTP server refuses. */
function codeOf({ status }: ApiError): FailureCode {
  return REFUSALS[status] ?? 'bad_request';
}

const REFUSALS: Record<number, FailureCode> = {
  405: 'method_not_allowed',
  408: 'request_timeout',
  413: 'body_too_large',
  431: 'headers_too_large',
  501: 'method_unknown',
};

function rawAnswer(code: FailureCode, headers: HeaderTable = {}): string {
  const { status } = FAILURES[code];
  const page = failurePage(FAILURES[code]);
  const all = {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Length': Buffer.byteLength(page),
    Connection: 'close',
    ...(status === 405 && { Allow: FORWARDED_METHODS }),
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, '', page].join('\r\n');
}
