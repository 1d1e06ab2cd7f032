// The sealed doors: TLS is ended here, and what was in the envelope goes to the same HTTP server as what came in the open.
//
//   TCP → (PROXY header) → the first byte: a handshake, or plain HTTP at the wrong door? → TLS → HTTP

import { constants } from 'node:crypto';
import type { Server as HttpServer } from 'node:http';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { createSecureContext, createServer as createTlsServer, type SecureContext, type TLSSocket } from 'node:tls';
import { type Context, trace } from '@opentelemetry/api';
import { proxy } from '../../../otel/contract/index.ts';
import * as names from '../../../otel/contract/names.ts';
import type { SpanOf } from '../../../otel/contract/spec.ts';
import { endSpan, failSpan, startSpan } from '../../../otel/span.ts';
import { log } from '../../../runtime/log.ts';
import { CIPHERS, sealAttributes } from '../../../runtime/net/seal.ts';
import type { Certificates } from './certificates.ts';

/** A record of a handshake begins so (RFC 8446, 5.1). */
const HANDSHAKE = 22;

export type TlsBounds = {
  /** For the whole handshake, its first byte included, in ms. */
  handshakeTimeout: number;
  /** So many may be under way at once; who comes then is closed. */
  handshakes: number;
};

export type TlsDoor = {
  /** A server for connections that are sealed from their first byte. */
  server: Server;
  /**
   * Takes a connection from which something else was read before: `address` is who sits at its other end, `parent` the context
   * of the client's handshake, where it said one.
   */
  take: (socket: Socket, address: string, parent?: Context) => void;
  /** Ends connections whose handshake is under way. */
  cut: () => void;
  /** Takes other certificates from the next handshake on. */
  renew: (certificates: Certificates) => void;
};

/** Ends TLS for `http`; `known` is told who sits at the other end of each connection, `plain` what answers plain HTTP. */
export function createTlsDoor(
  http: HttpServer,
  certificates: Certificates,
  { handshakeTimeout, handshakes }: TlsBounds,
  { known, plain }: { known: (socket: TLSSocket, address: string) => void; plain: () => string },
): TlsDoor {
  let contexts = contextsOf(certificates);
  /** Connections that were taken, by their ports: a sealed socket does not say which one it is made of. */
  const open = new Map<string, { address: string; end: (how: How) => void; cut: () => void }>();
  let underWay = 0;

  const tls = createTlsServer({
    ALPNProtocols: ['http/1.1'],
    minVersion: 'TLSv1.2',
    ciphers: CIPHERS,
    honorCipherOrder: false, // all of them are good: the client knows which it computes fastest
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
    handshakeTimeout,
    ...firstOf(certificates),
    SNICallback: (name, done) => done(null, contextFor(contexts, name)),
  });
  tls.on('secureConnection', (sealed) => {
    const connection = open.get(placeOf(sealed));
    if (connection === undefined) return void sealed.destroy(); // it went meanwhile
    connection.end(sealed);
    known(sealed, connection.address);
    http.emit('connection', sealed);
  });
  tls.on('tlsClientError', ({ code, message }: NodeJS.ErrnoException, sealed) => {
    log.info({ code, reason: message }, 'no handshake');
    open.get(placeOf(sealed))?.end(code ?? 'ERR_SSL');
    sealed.destroy();
  });

  function take(socket: Socket, address: string, parent?: Context): void {
    socket.on('error', () => {});
    if (underWay >= handshakes) {
      log.warn({ underWay }, 'too many handshakes are under way: a connection was closed');
      return void socket.destroy();
    }
    const place = placeOf(socket);
    const span = spanOf(parent);
    const late = setTimeout(() => {
      end('timeout');
      socket.destroy();
    }, handshakeTimeout);
    let isUnderWay = true;
    underWay += 1;
    const end = (how: How) => {
      clearTimeout(late);
      if (!isUnderWay) return;
      isUnderWay = false;
      underWay -= 1;
      if (span) tell(span, how);
    };
    const cut = () => isUnderWay && socket.destroy();
    open.set(place, { address, end, cut });
    socket.once('close', () => {
      end('client_gone');
      open.delete(place);
    });
    socket.once('readable', () => {
      const first = socket.read() as Buffer | null;
      if (first === null) return; // it has ended
      if (first[0] === HANDSHAKE) {
        socket.unshift(first);
        tls.emit('connection', socket);
      } else {
        socket.end(plain());
        socket.destroySoon();
      }
    });
  }

  return {
    server: createTcpServer((socket) => take(socket, socket.remoteAddress ?? 'unknown')),
    take,
    cut() {
      for (const { cut } of [...open.values()]) cut();
    },
    renew(next) {
      contexts = contextsOf(next);
      tls.setSecureContext(firstOf(next));
    },
  };
}

/** How a handshake ended: the sealed socket, or why there is none. */
type How = TLSSocket | string;
type HandshakeSpan = SpanOf<typeof proxy.handshake>;

/** The span of a handshake; none for a client that says no context, as a browser: it would be a trace of its own. */
function spanOf(parent: Context | undefined): HandshakeSpan | undefined {
  return parent && trace.getSpanContext(parent) ? startSpan(proxy.handshake, { parent }) : undefined;
}

function tell(span: HandshakeSpan, how: How): void {
  if (typeof how === 'string') {
    span.setAttribute(names.ATTR_TLS_ESTABLISHED, false);
    failSpan(span, how);
  } else {
    const { servername } = how as TLSSocket & { servername?: string | false };
    span.setAttributes({
      ...sealAttributes(how),
      ...(servername && { [names.ATTR_TLS_CLIENT_SERVER_NAME]: servername }),
    });
  }
  endSpan(span);
}

/** The certificate for whoever names no site, or one that is not here: the first, as nginx has it. */
function firstOf({ sites: [first] }: Certificates): { cert: string; key: string } {
  if (first === undefined) throw new Error('there is no site to make a certificate for');
  return { cert: first.cert, key: first.key };
}

type Named = { hosts: readonly string[]; context: SecureContext };

function contextsOf({ sites }: Certificates): Named[] {
  return sites.map(({ hosts, cert, key }) => ({
    hosts,
    context: createSecureContext({ cert, key, ciphers: CIPHERS, minVersion: 'TLSv1.2' }),
  }));
}

function contextFor(contexts: readonly Named[], name: string): SecureContext | undefined {
  const asked = name.toLowerCase();
  return (contexts.find(({ hosts }) => hosts.includes(asked)) ?? contexts[0])?.context;
}

function placeOf({ remoteAddress, remotePort, localPort }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localPort}`;
}
