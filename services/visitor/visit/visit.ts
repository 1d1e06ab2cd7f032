// One visit, the root span of every journey:
//
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
import { connect } from './connect.ts';
import { Connection } from './connection.ts';
import type { ReceivedResponse } from './read.ts';
import { resolve } from './resolve.ts';
import { sendRequest } from './send.ts';
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
  /** The scenario that it is part of. */
  scenario?: string;
  /** The context that its trace continues; it begins a trace unless this is given. */
  origin?: Context;
  /** The set that it is measured in, its place there, which visit of its scenario it is (from 1), and its start state. */
  set?: { id: string; index: number; visit: number; start: string };
  /** The span to which its own is linked, as a traceparent. */
  link?: string;
};

export type VisitResult = {
  traceId: string;
  /** Milliseconds from the first step to the last byte. */
  durationMs: number;
  /** `new`, `kept`, or where it ended: `unresolved`, `refused`. */
  connection: string;
  response: ReceivedResponse | null;
  failure: VisitFailure | null;
};

/** Makes one visit for `browser`. It does not throw when a step fails: then `response` is null and `failure` says why. */
export async function makeVisit(visit: Visit, browser: Browser, config: VisitorConfig): Promise<VisitResult> {
  const { method, scenario, set, tls: version } = visit;
  const target = targetOf(browser.httpsUrl(visit.url));
  const { url, name, isTls } = target;
  const origin = withLearner(visit.origin ?? ROOT_CONTEXT);
  const linked = trace.getSpanContext(extractContext({ traceparent: visit.link }));
  const lesson = browser.currentLesson();
  const root = startSpan(visitor.visit, {
    attributes: {
      [semconv.ATTR_URL_FULL]: withoutCredentials(visit.url.href),
      ...(url !== visit.url && { [names.ATTR_HSTS]: withoutCredentials(url.href) }),
      [semconv.ATTR_HTTP_REQUEST_METHOD]: method,
      ...(scenario !== undefined && { [names.ATTR_SCENARIO]: scenario }),
      ...(lesson !== undefined && { [names.ATTR_LESSON]: lesson }),
      ...(set && {
        [names.ATTR_SET]: set.id,
        [names.ATTR_SET_INDEX]: set.index,
        [names.ATTR_SET_VISIT]: set.visit,
        [names.ATTR_SET_START]: set.start,
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
    response: null,
    failure: null,
  };
  try {
    let connection = visit.connection === 'kept' ? browser.kept(url.origin) : undefined;
    root.setAttribute(names.ATTR_TLS_MODE, !isTls ? 'plain' : connection ? 'kept' : 'none');
    root.setAttribute(names.ATTR_LOOKUP, connection ? 'kept' : isIPv4(name) ? 'address' : 'queried');
    if (connection === undefined) {
      result.connection = 'unresolved';
      const host = isIPv4(name) ? name : await resolve({ name, cache: browser.cache }, parent, config);
      result.connection = 'refused';
      const { socket, handshake } = await connect({ ...target, host }, parent, config);
      if (handshake) root.setAttribute(names.ATTR_TLS_MODE, 'new');
      const options = { site: url.host, serverName: name, version, sessions: browser.sessions };
      connection = new Connection(
        handshake
          ? await inStep(handshake, parent, () => startTlsHandshake(socket, handshake, options, config))
          : socket,
      );
      result.connection = 'new';
      browser.keep(url.origin, connection);
    }
    result.response = await sendRequest({ ...visit, target }, { browser, connection }, parent, config);
    root.setAttribute(semconv.ATTR_HTTP_RESPONSE_STATUS_CODE, result.response.status);
  } catch (error) {
    if (!(error instanceof VisitFailure)) throw error;
    result.failure = error;
    failSpan(root, error.code);
  } finally {
    root.setAttribute(names.ATTR_CONNECTION, result.connection);
    root.setAttributes(stalls());
    endSpan(root);
  }
  return { ...result, durationMs: performance.now() - began };
}

function targetOf(url: URL): Target {
  const isTls = url.protocol === 'https:';
  return { url, name: url.hostname.replace(/\.$/, ''), port: Number(url.port || (isTls ? 443 : 80)), isTls };
}
