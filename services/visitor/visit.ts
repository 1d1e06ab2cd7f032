// One visit: look up → connect → send, the root of every journey. Each step is timed by its own span.

import { type Context, context, ROOT_CONTEXT, type Span } from '@opentelemetry/api';
import * as semconv from '@opentelemetry/semantic-conventions';
import { visitor } from '../../otel/contract/index.ts';
import {
  ATTR_CONNECTION,
  ATTR_DNS_ANSWERS,
  ATTR_DNS_QUESTION_NAME,
  ATTR_DNS_RESPONSE_CODE,
  ATTR_WAY,
} from '../../otel/contract/names.ts';
import { note } from '../../otel/event.ts';
import { contextHeaders } from '../../otel/propagation/http.ts';
import { endSpan, failSpan, startSpan, within } from '../../otel/span.ts';
import type { Endpoint } from '../../runtime/net/endpoint.ts';
import { encodeProxyHeader, hopsField, traceField } from '../../runtime/net/proxy-protocol.ts';
import type { Browser } from './browser.ts';
import type { VisitorConfig } from './config.ts';
import { Connection, openConnection } from './connection.ts';
import { VisitFailure } from './errors.ts';
import { exchange, type Reply } from './exchange.ts';
import { lookUp } from './lookup.ts';

export type Visit = {
  method: string;
  url: URL;
  /** Fields typed into the form that the page read before sends to this address. */
  form?: Record<string, string>;
  /** `kept`: over the connection of an earlier visit, if it is still open. */
  connection: 'new' | 'kept';
};

export type Visited = {
  traceId: string;
  /** Milliseconds from the first step to the last byte. */
  durationMs: number;
  /** `new`, `kept`, or where it ended: `unresolved`, `refused`. */
  connection: string;
  reply: Reply | null;
  failure: VisitFailure | null;
};

/** How many post offices a letter may pass, so that one that goes in circles ends. */
const HOPS = 8;

/** Makes one visit for `browser`. Never throws for what happens on the way: a visit without an answer has a `failure`. */
export async function makeVisit(visit: Visit, browser: Browser, config: VisitorConfig): Promise<Visited> {
  const { method, url } = visit;
  const root = startSpan(visitor.visit, {
    attributes: { [semconv.ATTR_URL_FULL]: url.href, [semconv.ATTR_HTTP_REQUEST_METHOD]: method },
    parent: ROOT_CONTEXT,
  });
  const began = performance.now();
  const result = { traceId: root.spanContext().traceId, connection: 'kept', reply: null, failure: null } as Omit<
    Visited,
    'durationMs'
  >;
  try {
    const steps = within(root, ROOT_CONTEXT);
    let connection = visit.connection === 'kept' ? browser.kept(url.origin) : undefined;
    if (connection === undefined) {
      result.connection = 'unresolved';
      const address = await resolve(url.hostname, steps, config);
      result.connection = 'refused';
      connection = await open({ host: address, port: Number(url.port || 80) }, steps, config);
      result.connection = 'new';
      browser.keep(url.origin, connection);
    }
    result.reply = await send(visit, browser, connection, steps, config);
    root.setAttribute(semconv.ATTR_HTTP_RESPONSE_STATUS_CODE, result.reply.status);
  } catch (error) {
    if (!(error instanceof VisitFailure)) throw error;
    result.failure = error;
    failSpan(root, error.code);
  } finally {
    root.setAttribute(ATTR_CONNECTION, result.connection);
    endSpan(root);
  }
  return { ...result, durationMs: performance.now() - began };
}

async function resolve(name: string, parent: Context, { resolver, lookupTimeout }: VisitorConfig): Promise<string> {
  const attributes = {
    [ATTR_DNS_QUESTION_NAME]: name,
    [semconv.ATTR_SERVER_ADDRESS]: resolver.host,
    [semconv.ATTR_SERVER_PORT]: resolver.port,
  };
  return step(startSpan(visitor.lookup, { attributes, parent }), parent, async (span) => {
    const { code, addresses } = await lookUp(name, {
      resolver,
      timeout: lookupTimeout,
      spanContext: span.spanContext(),
    });
    span.setAttribute(ATTR_DNS_ANSWERS, addresses);
    if (code !== 'lookup_timeout' && code !== 'invalid_name')
      span.setAttribute(ATTR_DNS_RESPONSE_CODE, code === 'NODATA' ? 'NOERROR' : code);
    const [address] = addresses;
    if (address === undefined) throw new VisitFailure(code);
    return address;
  });
}

async function open(
  asked: Endpoint,
  parent: Context,
  { addresses, postOffice, connectTimeout }: VisitorConfig,
): Promise<Connection> {
  const attributes = {
    [semconv.ATTR_SERVER_ADDRESS]: asked.host,
    [semconv.ATTR_SERVER_PORT]: asked.port,
    [ATTR_WAY]: 'closed',
  };
  return step(startSpan(visitor.connect, { attributes, parent }), parent, async (span) => {
    const first = postOffice ?? asked;
    const place = addresses.locate(first.host, first.port);
    if (place === undefined) throw new VisitFailure('EHOSTUNREACH');
    const socket = await openConnection(place, connectTimeout);
    if (postOffice !== undefined) {
      const source = { host: socket.localAddress ?? '0.0.0.0', port: socket.localPort ?? 0 };
      const fields = [traceField(span.spanContext()), hopsField(HOPS)];
      socket.write(encodeProxyHeader({ addresses: { source, destination: asked }, fields }));
    }
    span.setAttribute(ATTR_WAY, postOffice === undefined ? 'direct' : 'offices');
    span.setAttribute(semconv.ATTR_NETWORK_PEER_ADDRESS, socket.remoteAddress ?? place.host);
    span.setAttribute(semconv.ATTR_NETWORK_PEER_PORT, socket.remotePort ?? place.port);
    return new Connection(socket);
  });
}

async function send(
  visit: Visit,
  browser: Browser,
  agent: Connection,
  parent: Context,
  config: VisitorConfig,
): Promise<Reply> {
  const { method, url, form } = visit;
  const attributes = {
    [semconv.ATTR_HTTP_REQUEST_METHOD]: method,
    [semconv.ATTR_URL_FULL]: url.href,
    [semconv.ATTR_SERVER_ADDRESS]: url.hostname,
    [semconv.ATTR_SERVER_PORT]: Number(url.port || 80),
  };
  return step(startSpan(visitor.request, { words: { method }, attributes, parent }), parent, async (span) => {
    const headers = {
      'user-agent': 'Waybill visitor',
      accept: 'text/html,*/*',
      ...browser.headers(url, form !== undefined),
      ...contextHeaders(context.active()),
    };
    const reply = await exchange(
      { method, url, headers, ...(form && { body: browser.fillIn(url, form) }) },
      { agent, timeout: config.answerTimeout, on: (moment) => note(span, moment) },
    );
    browser.read(url, reply);
    span.setAttribute(semconv.ATTR_HTTP_RESPONSE_STATUS_CODE, reply.status);
    span.setAttribute(semconv.ATTR_NETWORK_PROTOCOL_VERSION, reply.httpVersion);
    if (reply.status >= 400) failSpan(span, String(reply.status));
    return reply;
  });
}

/** Runs one step in its span; a VisitFailure is an outcome to show, not an exception to trace. */
async function step<T>(span: Span, parent: Context, run: (span: Span) => Promise<T>): Promise<T> {
  try {
    return await context.with(within(span, parent), run, undefined, span);
  } catch (error) {
    if (error instanceof VisitFailure) failSpan(span, error.code);
    throw error;
  } finally {
    endSpan(span);
  }
}
