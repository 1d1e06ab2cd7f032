// Step 3, for https: the TLS handshake, in which the certificate is checked as a browser checks it.

import { readFileSync } from 'node:fs';
import { isIP, type Socket } from 'node:net';
import { type ConnectionOptions, checkServerIdentity, connect, type TLSSocket } from 'node:tls';
import type { visitor } from '../../../otel/contract/index.ts';
import * as names from '../../../otel/contract/names.ts';
import type { SpanOf } from '../../../otel/contract/spec.ts';
import { addSpanEvent } from '../../../otel/event.ts';
import { CIPHERS, tlsAttributes } from '../../../runtime/net/tls.ts';
import type { VisitorConfig } from '../config.ts';
import { VisitFailure } from '../errors.ts';
import { readChain } from './certificate-chain.ts';
import { HandshakeRecorder } from './handshake-recorder.ts';

/** The versions of TLS that a visit may choose from. */
export type TlsVersion = '1.1' | '1.2' | '1.3';

/** The cipher suites of a browser of 2010; OpenSSL offers them at security level 0 only. */
const OLD_CIPHERS = 'ECDHE-ECDSA-AES128-SHA:ECDHE-RSA-AES128-SHA:AES128-SHA@SECLEVEL=0';

export type HandshakeSpan = SpanOf<typeof visitor.handshake>;

type HandshakeOptions = {
  /** The key of the site's session: `name:port`. */
  site: string;
  serverName: string;
  /** The only version that is offered; 1.2 and 1.3 unless it is given. */
  version: TlsVersion | undefined;
  /** The sessions of earlier handshakes, by site: the site's is resumed, and replaced by the new one. */
  sessions: Map<string, Buffer>;
};

/**
 * Makes the handshake over `socket` and records it on `span`, which the caller ends. Throws a VisitFailure, and destroys the
 * socket, when it fails or the certificate is not valid; no request has been sent then.
 */
export function startTlsHandshake(
  socket: Socket,
  span: HandshakeSpan,
  { site, serverName, version, sessions }: HandshakeOptions,
  config: VisitorConfig,
): Promise<TLSSocket> {
  let ca: string;
  try {
    ca = readFileSync(config.ca, 'utf8'); // each time: the proxy may have renewed it
  } catch {
    socket.destroy();
    throw new VisitFailure('no_authority');
  }
  return new Promise((resolve, reject) => {
    const session = sessions.get(site);
    const recorder = new HandshakeRecorder(socket);
    const options: ConnectionOptions = {
      socket: recorder as NodeJS.ReadWriteStream as Socket,
      // An IP address is not a server name (RFC 6066, 3), but the certificate must contain it.
      ...(isIP(serverName) === 0
        ? { servername: serverName }
        : { checkServerIdentity: (_, certificate) => checkServerIdentity(serverName, certificate) }),
      ciphers: version === '1.1' ? OLD_CIPHERS : CIPHERS,
      ...(version && { minVersion: `TLSv${version}`, maxVersion: `TLSv${version}` }),
      ca,
      ALPNProtocols: ['http/1.1'],
      ...(session && { session }),
      rejectUnauthorized: false, // checked below: Node would destroy the socket before the certificate is recorded
    };
    addSpanEvent(span, 'client hello sent');
    const tls = connect(options);
    const timer = setTimeout(() => fail(new VisitFailure('tls_timeout')), config.connectTimeout);
    const settle = () => {
      clearTimeout(timer);
      tls.removeAllListeners('close').removeAllListeners('error');
      recordHellos(span, recorder);
    };
    const fail = (error: NodeJS.ErrnoException) => {
      settle();
      tls.on('error', () => {}).destroy();
      sessions.delete(site);
      reject(error instanceof VisitFailure ? error : new VisitFailure(error.code ?? error.name));
    };
    tls.on('session', (next) => sessions.set(site, next)); // with TLS 1.2 before the handshake has finished
    tls.once('keylog', () => addSpanEvent(span, 'server hello received')); // key material exists from then on
    tls.once('error', fail);
    tls.once('close', () => fail(new VisitFailure('ECONNRESET')));
    tls.once('secureConnect', () => {
      recordCertificate(span, tls);
      if (!tls.authorized) return fail(new VisitFailure(String(tls.authorizationError)));
      settle();
      const { name: curve } = tls.getEphemeralKeyInfo() as { name?: string };
      span.setAttributes({ ...tlsAttributes(tls), ...(curve !== undefined && { [names.ATTR_TLS_CURVE]: curve }) });
      addSpanEvent(span, 'finished');
      resolve(tls);
    });
  });
}

function recordHellos(span: HandshakeSpan, { sent, received, roundTrips }: HandshakeRecorder): void {
  span.setAttributes({
    [names.ATTR_TLS_ROUND_TRIPS]: roundTrips,
    [names.ATTR_TLS_CLIENT_HELLO]: sent.bytes.toString('hex'),
    ...(received.bytes.length > 0 && { [names.ATTR_TLS_SERVER_HELLO]: received.bytes.toString('hex') }),
  });
}

/** A resumed session has no certificate. */
function recordCertificate(span: HandshakeSpan, tls: TLSSocket): void {
  if (tls.isSessionReused()) return;
  addSpanEvent(span, 'certificate checked', { outcome: tls.authorized ? 'good' : String(tls.authorizationError) });
  const chain = readChain(tls);
  const [first] = chain;
  if (first === undefined) return;
  span.setAttributes({
    [names.ATTR_TLS_CHAIN]: chain.map(({ line }) => line),
    [names.ATTR_TLS_SERVER_SUBJECT]: first.subject,
    [names.ATTR_TLS_SERVER_ISSUER]: first.issuer,
    [names.ATTR_TLS_SERVER_NOT_BEFORE]: first.notBefore,
    [names.ATTR_TLS_SERVER_NOT_AFTER]: first.notAfter,
  });
}
