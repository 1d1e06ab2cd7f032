// Between connect and send, for https: the TLS handshake, in which the certificate is checked as a browser does.

import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { type ConnectionOptions, checkServerIdentity, connect, type TLSSocket } from 'node:tls';
import type { Context, SpanContext } from '@opentelemetry/api';
import { visitor } from '../../otel/contract/index.ts';
import * as names from '../../otel/contract/names.ts';
import type { SpanOf } from '../../otel/contract/spec.ts';
import { note } from '../../otel/event.ts';
import { endSpan, failSpan, startSpan } from '../../otel/span.ts';
import { sealAttributes } from '../../runtime/net/seal.ts';
import type { Browser } from './browser.ts';
import type { VisitorConfig } from './config.ts';
import { VisitFailure } from './errors.ts';

type HandshakeSpan = SpanOf<typeof visitor.handshake>;

/**
 * A handshake for the site of `url`: `begin` opens its span when the connection stands and gives its context, `finish` shakes
 * hands over it. That throws a VisitFailure when the seal does not hold: nothing has been sent then.
 */
export function beginSealing(url: URL, parent: Context, visit: Pick<SpanOf<typeof visitor.visit>, 'setAttribute'>) {
  const servername = url.hostname.replace(/\.$/, '');
  let span: HandshakeSpan | undefined;
  return {
    begin(way: 'direct' | 'offices'): SpanContext {
      visit.setAttribute(names.ATTR_SEAL, 'new');
      span = startSpan(visitor.handshake, {
        parent,
        attributes: {
          [names.ATTR_TLS_CLIENT_SERVER_NAME]: servername,
          [names.ATTR_TLS_ESTABLISHED]: false,
          [names.ATTR_WAY]: way,
        },
      });
      return span.spanContext();
    },
    async finish(socket: Socket, browser: Browser, config: VisitorConfig): Promise<TLSSocket> {
      const open = span as HandshakeSpan;
      try {
        const sealed = await seal(socket, { servername, session: browser.sessions.get(url.host) }, config, open);
        sealed.on('session', (session) => browser.sessions.set(url.host, session));
        return sealed;
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

function seal(
  socket: Socket,
  { servername, session }: { servername: string; session: Buffer | undefined },
  { ca, connectTimeout }: VisitorConfig,
  span: HandshakeSpan,
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const options: ConnectionOptions = {
      socket,
      servername,
      ca: authority(ca),
      ALPNProtocols: ['http/1.1'],
      ...(session && { session }),
      checkServerIdentity(host, certificate) {
        const wrong = checkServerIdentity(host, certificate);
        note(span, 'certificate checked', { outcome: wrong ? 'for another name' : 'good' });
        return wrong;
      },
    };
    note(span, 'client hello sent');
    const sealed = connect(options);
    const timer = setTimeout(() => fail(new VisitFailure('seal_timeout')), connectTimeout);
    const fail = (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      tellCertificate(span, sealed);
      sealed.destroy();
      reject(error instanceof VisitFailure ? error : new VisitFailure(error.code ?? error.name));
    };
    sealed.once('keylog', () => note(span, 'server hello received')); // secrets can be made from then on
    sealed.once('error', fail);
    sealed.once('close', () => fail(new VisitFailure('ECONNRESET')));
    sealed.once('secureConnect', () => {
      clearTimeout(timer);
      sealed.removeAllListeners('error').removeAllListeners('close');
      tellCertificate(span, sealed);
      const { name: curve } = sealed.getEphemeralKeyInfo() as { name?: string };
      span.setAttributes({
        ...sealAttributes(sealed),
        ...(curve !== undefined && { [names.ATTR_TLS_CURVE]: curve }),
      });
      note(span, 'finished');
      resolve(sealed);
    });
  });
}

function tellCertificate(span: HandshakeSpan, sealed: TLSSocket): void {
  const certificate = sealed.getPeerX509Certificate();
  if (certificate === undefined) return;
  span.setAttributes({
    [names.ATTR_TLS_SERVER_SUBJECT]: certificate.subject.replaceAll('\n', ', '),
    [names.ATTR_TLS_SERVER_ISSUER]: certificate.issuer.replaceAll('\n', ', '),
    [names.ATTR_TLS_SERVER_NOT_BEFORE]: certificate.validFromDate.toISOString(),
    [names.ATTR_TLS_SERVER_NOT_AFTER]: certificate.validToDate.toISOString(),
  });
}

/** Read each time: the web server may have made another. */
function authority(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new VisitFailure('no_authority');
  }
}
