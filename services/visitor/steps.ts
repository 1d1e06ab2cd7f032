// The three steps of a visit, each timed by its own span: look up → connect → send.

import type { Socket } from 'node:net';
import { type Context, context, type Span, type SpanContext } from '@opentelemetry/api';
import * as semconv from '@opentelemetry/semantic-conventions';
import { visitor } from '../../otel/contract/index.ts';
import * as names from '../../otel/contract/names.ts';
import { note } from '../../otel/event.ts';
import { contextHeaders } from '../../otel/propagation/http.ts';
import { contextWith, endSpan, failSpan, startSpan } from '../../otel/span.ts';
import { withoutCredentials } from '../../otel/url.ts';
import { headText } from '../../runtime/http/head.ts';
import type { Endpoint } from '../../runtime/net/endpoint.ts';
import { encodeProxyHeader, hopsField, tlsContextField, traceField } from '../../runtime/net/proxy-protocol.ts';
import type { Browser } from './browser.ts';
import type { VisitorConfig } from './config.ts';
import { type Connection, openConnection } from './connection.ts';
import { VisitFailure } from './errors.ts';
import { exchange, type ReceivedResponse, requestFor } from './exchange.ts';
import { lookUp } from './lookup.ts';

/** How many post offices a letter may pass, so that one that goes in circles ends. */
const HOPS = 8;

/** Asks the phonebook for the address of `name`. Throws a VisitFailure when there is none. */
export function resolve(name: string, parent: Context, { resolver, lookupTimeout }: VisitorConfig): Promise<string> {
  const attributes = {
    [names.ATTR_DNS_QUESTION_NAME]: name,
    [semconv.ATTR_SERVER_ADDRESS]: resolver.host,
    [semconv.ATTR_SERVER_PORT]: resolver.port,
  };
  return step(startSpan(visitor.lookup, { attributes, parent }), parent, async (span) => {
    const { code, addresses } = await lookUp(name, {
      resolver,
      timeout: lookupTimeout,
      spanContext: span.spanContext(),
    });
    span.setAttribute(names.ATTR_DNS_ANSWERS, addresses);
    if (code !== 'lookup_timeout')
      span.setAttribute(names.ATTR_DNS_RESPONSE_CODE, code === 'NODATA' ? 'NOERROR' : code);
    const [address] = addresses;
    if (address === undefined) throw new VisitFailure(code);
    return address;
  });
}

/**
 * Opens the way to the mailbox `asked`. Throws a VisitFailure when nobody opens there. `beginSeal` opens the span of the
 * handshake that will follow: its context goes ahead of it, for a handshake has no place for one.
 */
export function connect(
  asked: Endpoint,
  parent: Context,
  { addresses, postOffice, connectTimeout }: VisitorConfig,
  beginSeal: (way: 'direct' | 'offices') => SpanContext | undefined = () => undefined,
): Promise<Socket> {
  const attributes = {
    [semconv.ATTR_SERVER_ADDRESS]: asked.host,
    [semconv.ATTR_SERVER_PORT]: asked.port,
    [names.ATTR_WAY]: 'closed',
  };
  return step(startSpan(visitor.connect, { attributes, parent }), parent, async (span) => {
    // The post offices choose by address alone; a port at which nobody listens is refused here.
    if (!addresses.has(asked.host)) throw new VisitFailure('EHOSTUNREACH');
    const mailbox = addresses.locate(asked.host, asked.port);
    if (mailbox === undefined) throw new VisitFailure('ECONNREFUSED');
    const place = postOffice ? addresses.locate(postOffice.host, postOffice.port) : mailbox;
    if (place === undefined) throw new VisitFailure('EHOSTUNREACH');
    const socket = await openConnection(place, connectTimeout);
    const seal = beginSeal(postOffice === undefined ? 'direct' : 'offices');
    if (postOffice !== undefined) {
      const source = { host: socket.localAddress ?? '0.0.0.0', port: socket.localPort ?? 0 };
      const fields = [traceField(span.spanContext()), hopsField(HOPS), ...(seal ? [tlsContextField(seal)] : [])];
      const header = encodeProxyHeader({ addresses: { source, destination: asked }, fields });
      socket.write(header);
      span.setAttribute(names.ATTR_PROXY_HEADER, header.toString('hex'));
    }
    span.setAttribute(names.ATTR_WAY, postOffice === undefined ? 'direct' : 'offices');
    span.setAttribute(semconv.ATTR_NETWORK_PEER_ADDRESS, socket.remoteAddress ?? place.host);
    span.setAttribute(semconv.ATTR_NETWORK_PEER_PORT, socket.remotePort ?? place.port);
    return socket;
  });
}

/** Sends the visit's request over `connection`, and has `browser` read the response. Throws a VisitFailure when none comes. */
export function send(
  { method, url, form }: { method: string; url: URL; form?: Record<string, string> },
  { browser, connection }: { browser: Browser; connection: Connection },
  parent: Context,
  { answerTimeout }: VisitorConfig,
): Promise<ReceivedResponse> {
  const attributes = {
    [semconv.ATTR_HTTP_REQUEST_METHOD]: method,
    [semconv.ATTR_URL_FULL]: withoutCredentials(url.href),
    [semconv.ATTR_SERVER_ADDRESS]: url.hostname,
    [semconv.ATTR_SERVER_PORT]: portOf(url),
  };
  return step(startSpan(visitor.request, { words: { method }, attributes, parent }), parent, async (span) => {
    const headers = {
      'user-agent': 'Waybill visitor',
      accept: 'text/html,*/*',
      ...browser.headers(url, form !== undefined),
      ...contextHeaders(context.active()),
    };
    const request = requestFor(url, { method, headers, body: form && browser.fillIn(url, form) });
    span.setAttribute(names.ATTR_HTTP_REQUEST_HEAD, headText(`${method} ${request.path} HTTP/1.1`, request.headers));
    const response = await exchange(request, {
      agent: connection,
      timeout: answerTimeout,
      on: (moment) => note(span, moment),
    });
    browser.read(url, response);
    span.setAttribute(semconv.ATTR_HTTP_RESPONSE_STATUS_CODE, response.status);
    span.setAttribute(semconv.ATTR_NETWORK_PROTOCOL_VERSION, response.httpVersion);
    span.setAttribute(names.ATTR_HTTP_RESPONSE_HEAD, response.head);
    if (response.status >= 400) failSpan(span, String(response.status));
    return response;
  });
}

/** The port of an address that starts with http or https. */
export function portOf({ port, protocol }: URL): number {
  return Number(port || (protocol === 'https:' ? 443 : 80));
}

/** Runs one step in its span; a VisitFailure is an outcome to show, not an exception to trace. */
async function step<S extends Span, T>(span: S, parent: Context, run: (span: S) => Promise<T>): Promise<T> {
  try {
    return await context.with(contextWith(span, parent), run, undefined, span);
  } catch (error) {
    if (error instanceof VisitFailure) failSpan(span, error.code);
    throw error;
  } finally {
    endSpan(span);
  }
}
