// The TLS listeners: TLS is terminated here, and the connection goes to the same HTTP server as those in plain HTTP.
//
//   TCP → (PROXY header) → the first byte: a handshake, or plain HTTP? → TLS handshake → HTTP

import { constants } from 'node:crypto';
import type { Server as HttpServer } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import type { Context } from '@opentelemetry/api';
import { log } from '../../../runtime/log.ts';
import { CIPHERS } from '../../../runtime/net/tls.ts';
import { hostOf } from '../target.ts';
import type { Certificates } from './certificates.ts';
import { endHandshakeSpan, type HandshakeResult, startHandshakeSpan } from './handshake-span.ts';

/** The type of a TLS record that is part of a handshake (RFC 8446, 5.1). */
const HANDSHAKE = 22;

export type TlsBounds = {
  /** For the whole handshake, its first byte included, in ms. */
  handshakeTimeout: number;
  /** Handshakes in progress at once; for one more, the oldest is closed. */
  handshakes: number;
};

export type TlsListener = {
  /** A server for connections that begin with a handshake. */
  server: Server;
  /**
   * Takes a connection from which a PROXY header was read (it must allow half-open): `address` is the client's, `parent` the
   * context of the client's handshake, where there is one.
   */
  accept: (socket: Socket, address: string, parent?: Context) => void;
  /** Closes connections whose handshake is in progress. */
  abortHandshakes: () => void;
  /** Takes other certificates from the next handshake on. */
  renew: (certificates: Certificates) => void;
};

/** Terminates TLS for `http`; `onSecure` gets each connection with its client's address, `plain` returns the answer to plain HTTP. */
export function createTlsListener(
  http: HttpServer,
  certificates: Certificates,
  { handshakeTimeout, handshakes }: TlsBounds,
  { onSecure, plain }: { onSecure: (socket: TLSSocket, address: string) => void; plain: () => string },
): TlsListener {
  let contexts = createContexts(certificates);
  /** What aborts each handshake in progress, the oldest first. */
  const inProgress = new Set<(reason: string) => void>();

  function accept(socket: Socket, address: string, parent?: Context): void {
    const [oldest] = inProgress;
    // As nginx, which closes connections that have sent nothing when it has no more: silence must not lock others out.
    if (oldest && inProgress.size >= handshakes) oldest('too_many');
    const span = startHandshakeSpan(parent);
    const finish = (result: HandshakeResult) => {
      if (!inProgress.delete(abort)) return;
      clearTimeout(timer);
      if (span) endHandshakeSpan(span, result);
    };
    const abort = (reason: string) => {
      finish(reason);
      socket.destroy();
    };
    const timer = setTimeout(abort, handshakeTimeout, 'timeout');
    inProgress.add(abort);
    socket.on('error', () => {}).once('close', () => finish('client_gone'));
    socket.once('readable', () => {
      const first = socket.read() as Buffer | null;
      if (first === null) return abort('client_gone');
      if (first[0] !== HANDSHAKE) return void socket.end(plain()).resume();
      socket.unshift(first);
      startHandshake(socket, finish, address);
    });
  }

  function startHandshake(socket: Socket, finish: (result: HandshakeResult) => void, address: string): void {
    const tls = new TLSSocket(socket, {
      isServer: true,
      secureContext: contextFor(contexts, ''),
      SNICallback: (name, done) => done(null, contextFor(contexts, name)),
      ALPNProtocols: ['http/1.1'],
    });
    const fail = ({ code = 'ERR_SSL', message }: NodeJS.ErrnoException) => {
      log.info({ code, reason: message }, 'TLS handshake failed');
      finish(code);
      tls.destroy();
    };
    const onEnd = () => tls.destroy();
    tls.once('end', onEnd).on('error', fail);
    tls.once('secure', () => {
      tls.off('end', onEnd).off('error', fail);
      tls.on('_tlsError', () => tls.destroy()); // a record that OpenSSL refuses is no 'error' from now on
      finish(tls);
      onSecure(tls, address);
      http.emit('connection', tls);
    });
  }

  return {
    server: createServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
      accept(socket, socket.remoteAddress ?? 'unknown'),
    ),
    accept,
    abortHandshakes() {
      for (const abort of inProgress) abort('shutdown');
    },
    renew(next) {
      contexts = createContexts(next);
    },
  };
}

type SiteContext = { hosts: readonly string[]; context: SecureContext };

/** A context for each site, with all options: of the one that a server name chooses, its own count. */
function createContexts({ sites }: Certificates): SiteContext[] {
  if (sites.length === 0) throw new Error('there is no site to make a certificate for');
  return sites.map(({ hosts, cert, key }) => ({
    hosts,
    context: createSecureContext({
      cert,
      key,
      ciphers: CIPHERS,
      minVersion: 'TLSv1.2',
      honorCipherOrder: false, // all of them are good: the client knows which it computes fastest
      secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
      sessionIdContext: 'waybill',
    }),
  }));
}

/** The certificate for a server name, which is read as nginx reads it: the first where no site has it. */
function contextFor(contexts: readonly SiteContext[], serverName: string): SecureContext {
  const host = hostOf(serverName);
  return (contexts.find(({ hosts }) => host !== undefined && hosts.includes(host)) ?? (contexts[0] as SiteContext))
    .context;
}
