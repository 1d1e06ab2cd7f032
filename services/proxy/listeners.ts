// The listeners: plain HTTP and TLS, each also behind a PROXY protocol header, for routers (nginx: listen … proxy_protocol).
// Malformed requests are refused here, before their target is read.

import { type IncomingMessage, type RequestListener, type Server, STATUS_CODES } from 'node:http';
import { createServer as createTcpServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Context } from '@opentelemetry/api';
import type { ApiError } from '../../runtime/http/api-error.ts';
import { createHttpServer, type HttpOptions } from '../../runtime/http/server.ts';
import { log } from '../../runtime/log.ts';
import { listen } from '../../runtime/net/listen.ts';
import { tlsContextOf } from '../../runtime/net/proxy-protocol.ts';
import { receiveProxyHeader } from '../../runtime/net/proxy-socket.ts';
import { isTls } from '../../runtime/net/tls.ts';
import { closeServer } from '../../runtime/shutdown.ts';
import type { ProxyConfig } from './config.ts';
import { errorPage, FAILURES, type FailureCode } from './errors.ts';
import type { ProxyRequest } from './proxy-request.ts';
import { hostOf } from './target.ts';
import type { Certificates } from './tls/certificates.ts';
import { createTlsListener } from './tls/tls-listener.ts';

/** The client of a connection, the server name of its TLS handshake, and its last request. */
export type Client = {
  address: string;
  /** Whether it came through the routers, without TLS. */
  isRouted?: true;
  serverName?: string | undefined;
  proxyRequest?: ProxyRequest;
};

type HeaderTable = Record<string, string>;

/** `receive` gets every request but those that `wantsUpgrade` takes for WebSockets, which `upgrade` gets. */
type Receivers = {
  receive: RequestListener;
  wantsUpgrade: (request: IncomingMessage) => boolean;
  upgrade: (request: IncomingMessage, socket: Duplex, first: Buffer) => void;
};

/** Does not listen yet; `receive` gets every request, `headersFor` returns what is added to a response for a host. */
export function createListeners(
  { bounds, listening, routed, tls, tlsRouted }: ProxyConfig,
  certificates: Certificates,
  { headersFor, ...receivers }: Receivers & { headersFor: (socket: Socket, host: string) => HeaderTable },
) {
  const clients = new WeakMap<Socket, Client>();
  const clientOf = (socket: Socket): Client => {
    const client = clients.get(socket) ?? { address: socket.remoteAddress ?? 'unknown' };
    clients.set(socket, client);
    return client;
  };

  const http = createSiteServer(bounds, receivers, {
    refuse: (socket, problem) => refuse(socket, problem, headersFor(socket, clientOf(socket).serverName ?? '')),
    fail: ({ req }, problem) => clientOf(req.socket).proxyRequest?.fail(codeOf(problem)),
  });
  http.on('timeout', (socket: Socket) => {
    const { proxyRequest } = clientOf(socket);
    if (!proxyRequest || proxyRequest.response.writableFinished) socket.destroy();
    else if (proxyRequest.response.writableNeedDrain) proxyRequest.fail('client_slow'); // else the gateway is slow
  });

  const tlsListener = createTlsListener(http, certificates, bounds, {
    onSecure: (socket, address) => clients.set(socket, { address, serverName: hostOf(socket.servername || '') }),
    plain: () => rawResponse('plain_http'),
  });

  const withoutHeader = new Set<Socket>();
  /** A server for routers; `accept` gets each connection when its header was read, with its client's address. */
  const createRoutedServer = (accept: (socket: Socket, address: string, handshake: Context) => void) =>
    createTcpServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      withoutHeader.add(socket);
      receiveProxyHeader(socket, { timeout: bounds.proxyHeaderTimeout })
        .then((header) => {
          const address = header.addresses?.source.host ?? socket.remoteAddress ?? 'unknown';
          accept(socket, address, tlsContextOf(header));
        })
        .catch((error: Error) => {
          log.warn({ reason: error.message }, 'connection without a PROXY protocol header closed');
          socket.destroy();
        })
        .finally(() => withoutHeader.delete(socket));
    });
  const acceptRouted = (socket: Socket, address: string) => {
    clients.set(socket, { address, isRouted: true });
    http.emit('connection', socket);
  };
  const routedServer = createRoutedServer(acceptRouted);
  const tlsRoutedServer = createRoutedServer(tlsListener.accept);

  return {
    clientOf,
    acceptRouted,
    listen: async () => ({
      port: await listen(http, listening),
      routedPort: await listen(routedServer, routed),
      tlsPort: await listen(tlsListener.server, tls),
      tlsRoutedPort: await listen(tlsRoutedServer, tlsRouted),
    }),
    /** Uses other certificates from the next handshake on. */
    renew: tlsListener.renew,
    async close(): Promise<void> {
      for (const socket of withoutHeader) socket.destroy();
      const closed = [routedServer, tlsListener.server, tlsRoutedServer].map(
        (server) => new Promise<void>((resolve) => server.close(() => resolve())),
      );
      tlsListener.abortHandshakes();
      await Promise.all([closeServer(http), ...closed]);
    },
  };
}

function createSiteServer(
  bounds: ProxyConfig['bounds'],
  { receive, wantsUpgrade, upgrade }: Receivers,
  malformed: HttpOptions,
): Server {
  const http = createHttpServer(
    {
      maxHeaderSize: bounds.headerBytes,
      headersTimeout: bounds.headerTimeout,
      requestTimeout: bounds.requestTimeout,
      keepAliveTimeout: bounds.keepAlive,
      connectionsCheckingInterval: Math.min(1000, bounds.headerTimeout),
      requireHostHeader: false, // target.ts refuses it, with a trace
      noDelay: true,
      shouldUpgradeCallback: wantsUpgrade,
      ...malformed,
    },
    receive,
  );
  http.timeout = bounds.sendTimeout;
  // A request over TLS is answered though its client has closed its side (RFC 8446, 6.1). Over plain TCP, where such a client
  // looks like one that is gone, the connection is closed, as with nginx.
  Object.assign(http, { httpAllowHalfOpen: true });
  return http.on('upgrade', upgrade).on('connection', (socket: Socket) => {
    if (!isTls(socket)) socket.once('end', () => socket.end());
  });
}

/** Answers a malformed request, and closes the connection. */
function refuse(socket: Socket, problem: ApiError, headers: HeaderTable): void {
  if (!socket.writable) return void socket.destroy();
  const code = codeOf(problem);
  log.info({ code, reason: problem.message }, 'malformed request refused');
  socket.end(rawResponse(code, headers));
  socket.destroySoon();
}

/** The proxy's code for what the HTTP server refuses. */
function codeOf({ status }: ApiError): FailureCode {
  return REFUSALS[status] ?? 'bad_request';
}

const REFUSALS: Record<number, FailureCode> = {
  405: 'method_not_allowed',
  408: 'request_timeout',
  413: 'body_too_large',
  431: 'headers_too_large',
  501: 'unsupported_method',
};

function rawResponse(code: FailureCode, headers: HeaderTable = {}): string {
  const { status } = FAILURES[code];
  const page = errorPage(code);
  const fields = Object.entries({ ...page.headers, connection: 'close', ...headers });
  const lines = fields.map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, '', page.body].join('\r\n');
}
