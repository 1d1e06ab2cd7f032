// The two doors: plain HTTP, and HTTP behind a PROXY protocol header, for routers (nginx: listen … proxy_protocol).
// What is no letter at all is refused here, before anybody has looked at an address.

import { createServer, type RequestListener, type Server, STATUS_CODES } from 'node:http';
import { createServer as createTcpServer, type Socket } from 'node:net';
import { listen } from '../../otel/listen.ts';
import { log } from '../../otel/log.ts';
import { receiveProxyHeader } from '../../otel/propagation/proxy-socket.ts';
import { closeServer } from '../../otel/shutdown.ts';
import type { Bounds, ProxyConfig } from './config.ts';
import { FAILURES, type FailureCode, failurePage } from './errors.ts';
import type { Letter } from './letter.ts';

/** Who sits at the other end of each connection, and the letter that came last. */
export type Caller = { address: string; letter?: Letter };

export type Doors = {
  listen: () => Promise<{ port: number; routedPort: number }>;
  close: () => Promise<void>;
  callerOf: (socket: Socket) => Caller;
};

/** Opens nothing yet; `receive` gets every request. */
export function createDoors({ bounds, listening, routed }: ProxyConfig, receive: RequestListener): Doors {
  const callers = new WeakMap<Socket, Caller>();
  const callerOf = (socket: Socket): Caller => {
    const known = callers.get(socket);
    if (known) return known;
    const caller = { address: socket.remoteAddress ?? 'unknown' };
    callers.set(socket, caller);
    return caller;
  };

  const http = createHttpServer(bounds, receive);
  http.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) =>
    refuse(error, socket, callerOf(socket).letter),
  );
  http.on('timeout', (socket: Socket) => {
    const { letter } = callerOf(socket);
    if (!letter || letter.response.writableFinished) socket.destroy();
    else if (letter.response.writableNeedDrain) letter.fail('client_slow'); // else it is not the client who is waited for
  });

  const unread = new Set<Socket>();
  const behindRouters = createTcpServer((socket) => {
    unread.add(socket);
    receiveProxyHeader(socket, { timeout: bounds.proxyHeaderTimeout })
      .then(({ addresses }) => {
        if (addresses) callers.set(socket, { address: addresses.source.host });
        http.emit('connection', socket);
      })
      .catch((error: Error) => {
        log.warn({ reason: error.message }, 'a connection without a PROXY protocol header was closed');
        socket.destroy();
      })
      .finally(() => unread.delete(socket));
  });

  return {
    callerOf,
    listen: async () => ({ port: await listen(http, listening), routedPort: await listen(behindRouters, routed) }),
    async close() {
      for (const socket of unread) socket.destroy();
      const closed = new Promise<void>((resolve) => behindRouters.close(() => resolve()));
      await Promise.all([closeServer(http), closed]);
    },
  };
}

function createHttpServer(bounds: Bounds, receive: RequestListener): Server {
  const http = createServer(
    {
      maxHeaderSize: bounds.headerBytes,
      headersTimeout: bounds.headerTimeout,
      requestTimeout: bounds.requestTimeout,
      keepAliveTimeout: bounds.keepAlive,
      connectionsCheckingInterval: Math.min(1000, bounds.headerTimeout),
      requireHostHeader: false, // refused with a trace: target.ts
      noDelay: true,
    },
    receive,
  );
  http.timeout = bounds.sendTimeout;
  http.on('checkExpectation', receive); // what is expected besides 100-continue is not ours to promise (RFC 9110, 10.1.1)
  http.on('connect', (_, socket) => close(socket as Socket, 'method_not_allowed')); // a tunnel: never
  return http;
}

/** What Node's parser refuses; while a letter is open on this connection it is that letter's failure, else nobody's. */
function refuse(error: NodeJS.ErrnoException, socket: Socket, letter: Letter | undefined): void {
  const code = REFUSALS[error.code ?? ''] ?? (error.code?.startsWith('HPE_') ? 'bad_request' : undefined);
  if (code === undefined || !socket.writable || letter?.isLast) {
    socket.destroySoon();
    return;
  }
  if (letter && !letter.response.writableEnded) {
    letter.fail(code);
    return;
  }
  log.info({ code, reason: error.code }, 'a connection was refused');
  close(socket, code);
}

function close(socket: Socket, code: FailureCode): void {
  socket.on('error', () => {}); // it may be gone already
  socket.end(rawAnswer(code));
  socket.destroySoon();
}

const REFUSALS: Record<string, FailureCode> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'body_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
};

function rawAnswer(code: FailureCode): string {
  const [status] = FAILURES[code];
  const page = failurePage(code, undefined);
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: text/html; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(page)}`,
    'Connection: close',
    '',
    page,
  ].join('\r\n');
}
