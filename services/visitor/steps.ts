// The three steps of a visit, each timed by its own span: look up → connect → send.

import type { Socket } from 'node:net';
import { type Context, context, type Span } from '@opentelemetry/api';
import * as semconv from '@opentelemetry/semantic-conventions';
import { visitor } from '../../otel/contract/index.ts';
import * as names from '../../otel/contract/names.ts';
import { addSpanEvent } from '../../otel/event.ts';
import { contextHeaders } from '../../otel/propagation/http.ts';
import { contextWith, endSpan, failSpan, startSpan } from '../../otel/span.ts';
import { withoutCredentials } from '../../otel/url.ts';
import { headText } from '../../runtime/http/head.ts';
import { encodeProxyHeader, hopsField, tlsContextField, traceField } from '../../runtime/net/proxy-protocol.ts';
import type { Browser } from './browser.ts';
import type { VisitorConfig } from './config.ts';
import { type Connection, openConnection } from './connection.ts';
import { VisitFailure } from './errors.ts';
import { exchange, type ReceivedResponse } from './exchange.ts';
import { lookUp } from './lookup.ts';
import type { HandshakeSpan } from './tls-handshake.ts';

/** How many routers a connection may pass, so that a loop ends. */
const HOPS = 8;

/** Where a visit goes: its address, the host in that without the root's dot (`tatis.test.` is the same name), and its port. */
export type Target = { url: URL; name: string; port: number; isTls: boolean };

/** Asks the resolver for the address of `name`. Throws a VisitFailure when there is none. */
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

/** An open connection; under TLS with the span of its handshake, which comes next. */
export type Opened = { socket: Socket; handshake: HandshakeSpan | undefined };

/**
 * Connects to `target`, at the address `host`. Throws a VisitFailure when nothing listens there. Under TLS the span of the
 * handshake is opened here: its context is sent in the PROXY header, for a handshake has no place for one.
 */
export function connect(
  { host, port, name, isTls }: Target & { host: string },
  parent: Context,
  { addresses, entryRouter, connectTimeout }: VisitorConfig,
): Promise<Opened> {
  const attributes = {
    [semconv.ATTR_SERVER_ADDRESS]: host,
    [semconv.ATTR_SERVER_PORT]: port,
    [names.ATTR_ROUTE]: 'closed',
  };
  return step(startSpan(visitor.connect, { attributes, parent }), parent, async (span) => {
    // The routers choose by address alone; a port at which nothing listens is refused here.
    if (!addresses.has(host)) throw new VisitFailure('EHOSTUNREACH');
    const listener = addresses.locate(host, port);
    if (listener === undefined) throw new VisitFailure('ECONNREFUSED');
    const hop = entryRouter ? addresses.locate(entryRouter.host, entryRouter.port) : listener;
    if (hop === undefined) throw new VisitFailure('EHOSTUNREACH');
    const socket = await openConnection(hop, connectTimeout);
    const route = entryRouter === undefined ? 'direct' : 'routers';
    const handshakeAttributes = {
      [names.ATTR_TLS_CLIENT_SERVER_NAME]: name,
      [names.ATTR_TLS_ESTABLISHED]: false,
      [names.ATTR_TLS_ROUND_TRIPS]: 0,
      [names.ATTR_TLS_CLIENT_HELLO]: '',
      [names.ATTR_ROUTE]: route,
    };
    const handshake = isTls ? startSpan(visitor.handshake, { parent, attributes: handshakeAttributes }) : undefined;
    if (entryRouter !== undefined) {
      const source = { host: socket.localAddress ?? '0.0.0.0', port: socket.localPort ?? 0 };
      const fields = [traceField(span.spanContext()), hopsField(HOPS)];
      if (handshake) fields.push(tlsContextField(handshake.spanContext()));
      const header = encodeProxyHeader({ addresses: { source, destination: { host, port } }, fields });
      socket.write(header);
      span.setAttribute(names.ATTR_PROXY_HEADER, header.toString('hex'));
    }
    span.setAttribute(names.ATTR_ROUTE, route);
    span.setAttribute(semconv.ATTR_NETWORK_PEER_ADDRESS, socket.remoteAddress ?? hop.host);
    span.setAttribute(semconv.ATTR_NETWORK_PEER_PORT, socket.remotePort ?? hop.port);
    return { socket, handshake };
  });
}

/** Sends the visit's request over `connection`, and has `browser` read the response. Throws a VisitFailure when none comes. */
export function send(
  { method, target, form }: { method: string; target: Target; form?: Record<string, string> },
  { browser, connection }: { browser: Browser; connection: Connection },
  parent: Context,
  { answerTimeout }: VisitorConfig,
): Promise<ReceivedResponse> {
  const { url } = target;
  const attributes = {
    [semconv.ATTR_HTTP_REQUEST_METHOD]: method,
    [semconv.ATTR_URL_FULL]: withoutCredentials(url.href),
    [semconv.ATTR_SERVER_ADDRESS]: url.hostname,
    [semconv.ATTR_SERVER_PORT]: target.port,
  };
  return step(startSpan(visitor.request, { words: { method }, attributes, parent }), parent, async (span) => {
    const body = form && browser.fillIn(url, form);
    const headers = {
      host: url.host,
      connection: 'keep-alive',
      ...(body !== undefined && { 'content-length': `${Buffer.byteLength(body)}` }),
      'user-agent': 'Waybill visitor',
      accept: 'text/html,*/*',
      ...browser.headers(url, form !== undefined),
      ...contextHeaders(context.active()),
    };
    const path = url.pathname + url.search;
    span.setAttribute(names.ATTR_HTTP_REQUEST_HEAD, headText(`${method} ${path} HTTP/1.1`, headers));
    const response = await exchange(
      { method, path, headers, body },
      {
        agent: connection,
        timeout: answerTimeout,
        on: (moment) => addSpanEvent(span, moment),
      },
    );
    browser.read(url, response);
    span.setAttribute(semconv.ATTR_HTTP_RESPONSE_STATUS_CODE, response.status);
    span.setAttribute(semconv.ATTR_NETWORK_PROTOCOL_VERSION, response.httpVersion);
    span.setAttribute(names.ATTR_HTTP_RESPONSE_HEAD, response.head);
    if (response.status >= 400) failSpan(span, String(response.status));
    return response;
  });
}

/** Runs one step in its span, and ends it; a VisitFailure is an outcome to show, not an exception to trace. */
export async function step<S extends Span, T>(span: S, parent: Context, run: (span: S) => Promise<T>): Promise<T> {
  try {
    return await context.with(contextWith(span, parent), run, undefined, span);
  } catch (error) {
    if (error instanceof VisitFailure) failSpan(span, error.code);
    throw error;
  } finally {
    endSpan(span);
  }
}
