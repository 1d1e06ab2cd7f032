// One visit, the root span of a journey, or in a page load (page-load/load.ts) the span of one file:
//
//   response-cache.ts  what the browser has kept; if that is good, nothing follows (page loads, and scenarios of the cache)
//   resolve.ts      the name's IPv4 address, from the resolver        ┐
//   connect.ts      TCP, through the routers                          ├─ left out over a connection that is kept (connection.ts)
//   tls-handshake.ts   for https: keys, and the certificate's check   ┘
//   send.ts         the HTTP request
//   read.ts         its response
//
// A step that fails throws a VisitFailure, and the visit ends there.

import { isIPv4 } from 'node:net';
import { type Context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import * as semconv from '@opentelemetry/semantic-conventions';
import { visitor } from '../../../otel/contract/index.ts';
import * as names from '../../../otel/contract/names.ts';
import { withLearner } from '../../../otel/learner.ts';
import { extractContext } from '../../../otel/propagation/http.ts';
import { contextWith, endSpan, failSpan, startSpan } from '../../../otel/span.ts';
import { withoutCredentials } from '../../../otel/url.ts';
import { measureStalls } from '../../../runtime/stalls.ts';
import type { Browser } from '../browser.ts';
import type { VisitorConfig } from '../config.ts';
import { VisitFailure } from '../errors.ts';
import type { Slot } from '../page-load/connections.ts';
import type { Priority, ResourceKind } from '../page-load/resource.ts';
import { type Found, type FoundFresh, ruleOf } from '../page-load/response-cache.ts';
import { noteOn } from '../page-load/unused.ts';
import { connect } from './connect.ts';
import { Connection } from './connection.ts';
import type { Limits, ReceivedResponse } from './read.ts';
import { resolve } from './resolve.ts';
import { requestHeaders, sendRequest } from './send.ts';
import { inStep, type Target } from './step.ts';
import { startTlsHandshake, type TlsVersion } from './tls-handshake.ts';

export type Visit = {
  method: string;
  url: URL;
  /** The fields typed into the form, on the last page read, whose action is this address. */
  form?: Record<string, string>;
  /** `kept`: over the connection of an earlier visit, if it is still open. */
  connection: 'new' | 'kept';
  /** The only version of TLS that is offered; 1.3 and 1.2 unless it is given. */
  tls?: TlsVersion;
  /** Whether the browser's cache may answer, and keeps the response. */
  usesCache?: boolean;
  /** Accept-Encoding, where it is not what the visitor can undo. */
  encodings?: string;
  /** The bounds of its response, where they are not the configured ones. */
  limits?: Limits;
  /** The page load that it is part of. */
  part?: PagePart;
  /** The scenario that it is part of. */
  scenario?: string;
  /** The context that its trace continues; it begins a trace unless this is given. */
  origin?: Context;
  /** The set that it is measured in, its place there, which visit of its scenario it is (from 1), and its start state. */
  set?: { id: string; index: number; visit: number; start: string };
  /** The span to which its own is linked, as a traceparent. */
  link?: string;
};

/** What a request of a page load shares with the others, and its place among them. */
type PagePart = {
  kind: ResourceKind;
  priority: Priority;
  /** The address of the file that names it; undefined for the document. */
  initiator: string | undefined;
  /** The addresses of names, looked up once; rejects with a VisitFailure. */
  addresses: Map<string, Promise<string>>;
  /** Nothing is sent after it, in ms of performance.now(). */
  deadline: number;
};

export type VisitResult = {
  traceId: string;
  /** Milliseconds from the first step to the last byte. */
  durationMs: number;
  /** `new`, `kept`, `cached`, or where it ended: `unresolved`, `refused`. */
  connection: string;
  /** Bytes of its body that were received, and those that were not sent because the cache had them. */
  received: number;
  saved: number;
  response: ReceivedResponse | null;
  failure: VisitFailure | null;
};

/** Makes one visit for `browser`. It does not throw when a step fails: then `response` is null and `failure` says why. */
export async function makeVisit(visit: Visit, browser: Browser, config: VisitorConfig): Promise<VisitResult> {
  const { method, part } = visit;
  const target = targetOf(browser.httpsUrl(visit.url));
  const { url } = target;
  const origin = withLearner(visit.origin ?? ROOT_CONTEXT);
  const linked = trace.getSpanContext(extractContext({ traceparent: visit.link }));
  const root = startSpan(visitor.visit, {
    attributes: {
      [semconv.ATTR_URL_FULL]: withoutCredentials(visit.url.href),
      ...(url !== visit.url && { [names.ATTR_HSTS]: withoutCredentials(url.href) }),
      [semconv.ATTR_HTTP_REQUEST_METHOD]: method,
      ...sentFor(visit, browser),
      ...(part && {
        [names.ATTR_RESOURCE_KIND]: part.kind,
        [names.ATTR_RESOURCE_PRIORITY]: part.priority,
        ...(part.initiator !== undefined && { [names.ATTR_RESOURCE_INITIATOR]: part.initiator }),
      }),
    },
    parent: origin,
    links: linked ? [{ context: linked }] : [],
  });
  const stalls = measureStalls();
  const began = performance.now();
  const parent = contextWith(root, origin);
  const result: Omit<VisitResult, 'durationMs'> = {
    traceId: root.spanContext().traceId,
    connection: 'kept',
    received: 0,
    saved: 0,
    response: null,
    failure: null,
  };
  const request = { method, url, headers: requestHeaders({ ...visit, url }, browser) };
  let slot: Slot | undefined;
  try {
    const found = visit.usesCache ? browser.responses.find(request) : undefined;
    if (found?.state === 'fresh') {
      useStored(found);
    } else {
      const connection = await openConnection();
      const headers = { ...request.headers, ...found?.headers };
      const response = await sendRequest({ ...visit, target, headers }, { browser, connection }, parent, config);
      result.response = response;
      result.received = response.bytes;
      if (found) store(found, response);
      root.setAttribute(semconv.ATTR_HTTP_RESPONSE_STATUS_CODE, response.status);
    }
    const note = part && result.response ? noteOn(part.kind, result.response) : undefined;
    if (note) root.setAttribute(names.ATTR_RESOURCE_NOTE, note);
  } catch (error) {
    if (!(error instanceof VisitFailure)) throw error;
    result.failure = error;
    failSpan(root, error.code);
  } finally {
    if (slot) browser.connectionsTo(url.origin).release(slot);
    root.setAttribute(names.ATTR_CONNECTION, result.connection);
    root.setAttributes(stalls());
    endSpan(root);
  }
  return { ...result, durationMs: performance.now() - began };

  /** The stored response is the answer. */
  function useStored({ entry: { response, fetchedInMs } }: FoundFresh): void {
    result.connection = 'cached';
    result.response = response;
    result.saved = response.bytes;
    root.setAttributes({
      [names.ATTR_CACHE]: 'fresh',
      [names.ATTR_CACHE_RULE]: ruleOf(response),
      [names.ATTR_CACHE_SAVED_BYTES]: response.bytes,
      [names.ATTR_CACHE_SAVED_MS]: Math.round(fetchedInMs * 1000) / 1000,
      [names.ATTR_TLS_MODE]: 'cached',
      [names.ATTR_LOOKUP]: 'none',
      [semconv.ATTR_HTTP_RESPONSE_STATUS_CODE]: response.status,
    });
  }

  function store(found: Exclude<Found, FoundFresh>, response: ReceivedResponse): void {
    const updated = browser.responses.update(request, found, response, performance.now() - began);
    // What came was a 304; what the page gets is the stored body.
    result.response = updated.isSame ? { ...updated.response, status: 304 } : updated.response;
    root.setAttribute(names.ATTR_CACHE, found.state !== 'asks' ? found.state : updated.isSame ? 'same' : 'changed');
    root.setAttribute(names.ATTR_CACHE_RULE, ruleOf(response));
    if (!updated.isSame) return;
    result.saved = updated.response.bytes;
    root.setAttribute(names.ATTR_CACHE_SAVED_BYTES, result.saved);
  }

  /** The open connection that it is to use, or a new one; in a page load, as soon as one of six is free. */
  async function openConnection(): Promise<Connection> {
    const { name, isTls } = target;
    if (part) {
      slot = await browser.connectionsTo(url.origin).acquire(part.priority);
      root.setAttribute(names.ATTR_CONNECTION_NUMBER, slot.number);
    }
    const kept = part ? slot?.connection : visit.connection === 'kept' ? browser.kept(url.origin) : undefined;
    const known = part?.addresses.get(name);
    const lookup = isIPv4(name) ? 'address' : known ? 'known' : 'queried';
    root.setAttribute(names.ATTR_TLS_MODE, !isTls ? 'plain' : kept ? 'kept' : 'none');
    const isLate = part !== undefined && performance.now() > part.deadline;
    root.setAttribute(names.ATTR_LOOKUP, isLate ? 'none' : kept ? 'kept' : lookup);
    if (isLate) {
      result.connection = 'unresolved';
      throw new VisitFailure('page_timeout');
    }
    if (kept) return kept;
    result.connection = 'unresolved';
    const address = known ?? (isIPv4(name) ? name : resolve({ name, cache: browser.cache }, parent, config));
    if (typeof address !== 'string') part?.addresses.set(name, address);
    const host = await address;
    result.connection = 'refused';
    const { socket, handshake } = await connect({ ...target, host }, parent, config);
    if (handshake) root.setAttribute(names.ATTR_TLS_MODE, 'new');
    const options = { site: url.host, serverName: name, version: visit.tls, sessions: browser.sessions };
    const connection = new Connection(
      handshake ? await inStep(handshake, parent, () => startTlsHandshake(socket, handshake, options, config)) : socket,
    );
    result.connection = 'new';
    if (slot) slot.connection = connection;
    else browser.keep(url.origin, connection);
    return connection;
  }
}

/** What a visit or a page load was sent for: its scenario, its lesson, its set. */
export function sentFor({ scenario, set }: Pick<Visit, 'scenario' | 'set'>, browser: Browser) {
  const lesson = browser.currentLesson();
  return {
    ...(scenario !== undefined && { [names.ATTR_SCENARIO]: scenario }),
    ...(lesson !== undefined && { [names.ATTR_LESSON]: lesson }),
    ...(set && {
      [names.ATTR_SET]: set.id,
      [names.ATTR_SET_INDEX]: set.index,
      [names.ATTR_SET_VISIT]: set.visit,
      [names.ATTR_SET_START]: set.start,
    }),
  };
}

function targetOf(url: URL): Target {
  const isTls = url.protocol === 'https:';
  return { url, name: url.hostname.replace(/\.$/, ''), port: Number(url.port || (isTls ? 443 : 80)), isTls };
}
