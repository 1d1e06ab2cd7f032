// The TLS listeners: TLS is terminated here, and the connection is passed to the HTTP server that has the plain ones as well.
//
//   TCP → (PROXY header) → the first byte: a handshake, or plain HTTP? → TLS handshake → HTTP

import { constants } from 'node:crypto';
import type { Server as HttpServer } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import { type Context, context, trace } from '@opentelemetry/api';
import { proxy } from '../../../otel/contract/index.ts';
import * as names from '../../../otel/contract/names.ts';
import { contextWith, endSpan, failSpan, startSpan } from '../../../otel/span.ts';
import { log } from '../../../runtime/log.ts';
import { CIPHERS, tlsAttributes } from '../../../runtime/net/tls.ts';
import type { ProxyConfig } from '../config.ts';
import { hostOf } from '../target.ts';
import type { Certificates } from './certificates.ts';

/** The type of a TLS record that is part of a handshake (RFC 8446, 5.1). */
const HANDSHAKE = 22;

/** The socket of a handshake that succeeded, or the reason why it failed. */
type HandshakeResult = TLSSocket | string;
/** A handshake in progress: the context of its span, and how it ends. */
type Handshake = { own: Context; finish: (result: HandshakeResult) => void };

/** Terminates TLS for `http`; `onSecure` gets each connection with its client's address, `plain` returns the response to plain HTTP. */
export function createTlsListener(
  http: HttpServer,
  certificates: Certificates,
  { handshakeTimeout, handshakes }: Pick<ProxyConfig['bounds'], 'handshakeTimeout' | 'handshakes'>,
  { onSecure, plain }: { onSecure: (socket: TLSSocket, address: string) => void; plain: () => string },
) {
  let contextFor = createContexts(certificates);
  /** The function that aborts each handshake in progress, the oldest first. */
  const inProgress = new Set<(reason: string) => void>();

  /**
   * Takes a connection, which must allow half-open, after its PROXY header was read: `address` is the client's, `parent` the
   * context of its span, if it sent one.
   */
  function accept(socket: Socket, address: string, parent?: Context): void {
    const [oldest] = inProgress;
    // As nginx closes its oldest idle connections when it has no more: silent clients must not lock others out.
    if (oldest && inProgress.size >= handshakes) oldest('too_many');
    const { own, end } = startHandshakeSpan(parent);
    const finish = (result: HandshakeResult) => {
      if (!inProgress.delete(abort)) return;
      clearTimeout(timer);
      end(result);
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
      startHandshake(socket, { own, finish }, address);
    });
  }

  function startHandshake(socket: Socket, { own, finish }: Handshake, address: string): void {
    const tls = new TLSSocket(socket, {
      isServer: true,
      secureContext: contextFor(''),
      SNICallback: (name, done) => done(null, contextFor(name)),
      ALPNProtocols: ['http/1.1'],
    });
    const fail = ({ code = 'ERR_SSL', message }: NodeJS.ErrnoException) => {
      context.with(own, () => log.info({ code, reason: message }, 'TLS handshake failed'));
      finish(code);
      tls.destroy();
    };
    const onEnd = () => tls.destroy();
    tls.once('end', onEnd).on('error', fail);
    tls.once('secure', () => {
      tls.off('end', onEnd).off('error', fail);
      tls.on('_tlsError', () => tls.destroy()); // from now on a record that OpenSSL refuses is not an 'error'
      finish(tls);
      onSecure(tls, address);
      http.emit('connection', tls);
    });
  }

  return {
    /** A server for connections that begin with a handshake. */
    server: createServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
      accept(socket, socket.remoteAddress ?? 'unknown'),
    ),
    accept,
    abortHandshakes(): void {
      for (const abort of inProgress) abort('shutdown');
    },
    /** Uses other certificates from the next handshake on. */
    renew(next: Certificates): void {
      contextFor = createContexts(next);
    },
  };
}

/**
 * Opens the span of a handshake below `parent`; returns its context, and how to end it. Without a parent there is none: the
 * handshake of a browser would be a trace of its own.
 */
function startHandshakeSpan(parent: Context | undefined): { own: Context; end: (result: HandshakeResult) => void } {
  if (!parent || !trace.getSpanContext(parent)) return { own: context.active(), end: () => {} };
  const span = startSpan(proxy.handshake, { parent });
  const end = (result: HandshakeResult) => {
    if (typeof result === 'string') {
      span.setAttribute(names.ATTR_TLS_ESTABLISHED, false);
      failSpan(span, result);
    } else {
      const { servername } = result;
      span.setAttributes({
        ...tlsAttributes(result),
        ...(servername && { [names.ATTR_TLS_CLIENT_SERVER_NAME]: servername }),
      });
    }
    endSpan(span);
  };
  return { own: contextWith(span, parent), end };
}

/**
 * Makes a context for each site, with all options: those of the context that a server name selects are used. Returns the function
 * that selects it; the first one if no site has the name, which is read as nginx does.
 */
function createContexts({ sites }: Certificates): (serverName: string) => SecureContext {
  const contexts = sites.map(({ hosts, cert, key }) => {
    const context = createSecureContext({
      cert,
      key,
      ciphers: CIPHERS,
      minVersion: 'TLSv1.2',
      honorCipherOrder: false, // all are good: the client knows which it computes fastest
      secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
      sessionIdContext: 'waybill',
    });
    return { hosts, context };
  });
  const [first] = contexts;
  if (!first) throw new Error('locations.ts: no server block has a name for which the authority may sign');
  return (serverName) => {
    const host = hostOf(serverName) ?? '';
    return (contexts.find(({ hosts }) => hosts.includes(host)) ?? first).context;
  };
}
