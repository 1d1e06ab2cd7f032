// Between connect and send, for https: the TLS handshake, in which the certificate is checked as a browser does.

import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  type ConnectionOptions,
  checkServerIdentity,
  connect,
  type DetailedPeerCertificate,
  type TLSSocket,
} from 'node:tls';
import type { Context, SpanContext } from '@opentelemetry/api';
import { visitor } from '../../otel/contract/index.ts';
import * as names from '../../otel/contract/names.ts';
import type { SpanOf } from '../../otel/contract/spec.ts';
import { note } from '../../otel/event.ts';
import { endSpan, failSpan, startSpan } from '../../otel/span.ts';
import { CIPHERS, tlsAttributes } from '../../runtime/net/tls.ts';
import type { Browser } from './browser.ts';
import type { VisitorConfig } from './config.ts';
import { VisitFailure } from './errors.ts';
import { Tap } from './tap.ts';

/** A version of TLS, as a visit may be bound to it. */
export type TlsVersion = '1.1' | '1.2' | '1.3';

/** What a browser of 2010 offered; without that level OpenSSL would not even ask. */
const OLD_CIPHERS = 'ECDHE-ECDSA-AES128-SHA:ECDHE-RSA-AES128-SHA:AES128-SHA@SECLEVEL=0';

const MOST_IN_CHAIN = 5;

type HandshakeSpan = SpanOf<typeof visitor.handshake>;

/**
 * A handshake for the site of `url`: `begin` opens its span when the connection stands and gives its context, `finish` shakes
 * hands over it, speaking `tls` alone if that is given. It throws a VisitFailure when the seal does not hold: nothing has been
 * sent then.
 */
export function beginSealing(
  { url, tls: version }: { url: URL; tls?: TlsVersion },
  parent: Context,
  visit: Pick<SpanOf<typeof visitor.visit>, 'setAttribute'>,
) {
  const servername = url.hostname.replace(/\.$/, '');
  let span: HandshakeSpan | undefined;
  return {
    begin(way: 'direct' | 'offices'): SpanContext {
      visit.setAttribute(names.ATTR_TLS_MODE, 'new');
      span = startSpan(visitor.handshake, {
        parent,
        attributes: {
          [names.ATTR_TLS_CLIENT_SERVER_NAME]: servername,
          [names.ATTR_TLS_ESTABLISHED]: false,
          [names.ATTR_TLS_ROUND_TRIPS]: 0,
          [names.ATTR_TLS_CLIENT_HELLO]: '',
          [names.ATTR_WAY]: way,
        },
      });
      return span.spanContext();
    },
    async finish(socket: Socket, browser: Browser, config: VisitorConfig): Promise<TLSSocket> {
      const open = span as HandshakeSpan;
      try {
        const session = browser.sessions.get(url.host);
        const keep = (next: Buffer) => browser.sessions.set(url.host, next);
        return await seal(socket, { servername, version, session, keep }, config, open);
      } catch (error) {
        socket.destroy();
        browser.sessions.delete(url.host);
        if (error instanceof VisitFailure) failSpan(open, error.code);
        throw error;
      } finally {
        endSpan(open);
      }
    },
  };
}

type Asked = {
  servername: string;
  version: TlsVersion | undefined;
  /** Of an earlier seal, to be taken up again; and what is told the next one, which 1.2 has before hands are shaken. */
  session: Buffer | undefined;
  keep: (session: Buffer) => void;
};

function seal(
  socket: Socket,
  { servername, version, session, keep }: Asked,
  { ca, connectTimeout }: VisitorConfig,
  span: HandshakeSpan,
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const tap = new Tap(socket);
    const options: ConnectionOptions = {
      socket: tap as Duplex as Socket,
      // An address is no server name (RFC 6066, 3); the certificate must hold it all the same.
      ...(isIP(servername) === 0
        ? { servername }
        : { checkServerIdentity: (_, certificate) => checkServerIdentity(servername, certificate) }),
      ciphers: version === '1.1' ? OLD_CIPHERS : CIPHERS,
      ...(version && { minVersion: `TLSv${version}`, maxVersion: `TLSv${version}` }),
      ca: authority(ca),
      ALPNProtocols: ['http/1.1'],
      ...(session && { session }),
      rejectUnauthorized: false, // refused below: else nothing could be told of the certificate any more
    };
    note(span, 'client hello sent');
    const sealed = connect(options);
    const timer = setTimeout(() => fail(new VisitFailure('tls_timeout')), connectTimeout);
    const fail = (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      tellHellos(span, tap);
      sealed.destroy();
      reject(error instanceof VisitFailure ? error : new VisitFailure(error.code ?? error.name));
    };
    sealed.on('session', keep);
    sealed.once('keylog', () => note(span, 'server hello received')); // secrets can be made from then on
    sealed.once('error', fail);
    sealed.once('close', () => fail(new VisitFailure('ECONNRESET')));
    sealed.once('secureConnect', () => {
      clearTimeout(timer);
      sealed.removeAllListeners('error').removeAllListeners('close');
      tellHellos(span, tap);
      tellCertificate(span, sealed);
      if (!sealed.authorized) {
        sealed.destroy();
        reject(new VisitFailure(String(sealed.authorizationError)));
        return;
      }
      const { name: curve } = sealed.getEphemeralKeyInfo() as { name?: string };
      span.setAttributes({
        ...tlsAttributes(sealed),
        ...(curve !== undefined && { [names.ATTR_TLS_CURVE]: curve }),
      });
      note(span, 'finished');
      resolve(sealed);
    });
  });
}

function tellHellos(span: HandshakeSpan, { sent, received, roundTrips }: Tap): void {
  span.setAttributes({
    [names.ATTR_TLS_ROUND_TRIPS]: roundTrips,
    [names.ATTR_TLS_CLIENT_HELLO]: sent.bytes.toString('hex'),
    ...(received.bytes.length > 0 && { [names.ATTR_TLS_SERVER_HELLO]: received.bytes.toString('hex') }),
  });
}

/** Nothing where an earlier seal was taken up again. */
function tellCertificate(span: HandshakeSpan, sealed: TLSSocket): void {
  if (sealed.isSessionReused()) return;
  note(span, 'certificate checked', { outcome: sealed.authorized ? 'good' : String(sealed.authorizationError) });
  const chain = chainOf(sealed);
  const [first] = chain;
  if (first === undefined) return;
  span.setAttributes({
    [names.ATTR_TLS_CHAIN]: chain.map(lineOf),
    [names.ATTR_TLS_SERVER_SUBJECT]: first.subject.replaceAll('\n', ', '),
    [names.ATTR_TLS_SERVER_ISSUER]: first.issuer.replaceAll('\n', ', '),
    [names.ATTR_TLS_SERVER_NOT_BEFORE]: timeOf(first.validFromDate),
    [names.ATTR_TLS_SERVER_NOT_AFTER]: timeOf(first.validToDate),
  });
}

/** The certificates, from the site's to the one that nobody else vouches for, as far as they were shown or are known. */
function chainOf(sealed: TLSSocket): X509Certificate[] {
  const chain: X509Certificate[] = [];
  let one: DetailedPeerCertificate | undefined = sealed.getPeerCertificate(true);
  while (one?.raw && chain.length < MOST_IN_CHAIN) {
    chain.push(new X509Certificate(one.raw));
    one = one.issuerCertificate === one ? undefined : one.issuerCertificate; // an authority vouches for itself
  }
  return chain;
}

/** Whose it is, who vouches for it, from when it is good, until when. */
function lineOf({ subject, issuer, validFromDate, validToDate }: X509Certificate): string {
  const days = [validFromDate, validToDate].map((date) => timeOf(date).slice(0, 10));
  return [nameIn(subject), nameIn(issuer), ...days].join(' · ');
}

/** What a distinguished name calls its bearer. */
function nameIn(distinguished: string): string {
  return /^CN=(.*)$/m.exec(distinguished)?.[1] ?? distinguished.replaceAll('\n', ', ');
}

/** A certificate may hold any text in place of a date. */
function timeOf(date: Date): string {
  return Number.isNaN(date.getTime()) ? 'no time' : date.toISOString();
}

/** Read each time: the web server may have made another. */
function authority(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new VisitFailure('no_authority');
  }
}
