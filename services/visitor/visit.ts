// One visit: look up → connect → send, the root of every journey. What each step does is in steps.ts.

import { isIPv4 } from 'node:net';
import { type Link, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import * as semconv from '@opentelemetry/semantic-conventions';
import { visitor } from '../../otel/contract/index.ts';
import { ATTR_CONNECTION, ATTR_HSTS, ATTR_LOOKUP, ATTR_SCENARIO, ATTR_TLS_MODE } from '../../otel/contract/names.ts';
import { withLearner } from '../../otel/learner.ts';
import { extractContext } from '../../otel/propagation/http.ts';
import { contextWith, endSpan, failSpan, startSpan } from '../../otel/span.ts';
import { withoutCredentials } from '../../otel/url.ts';
import type { Browser } from './browser.ts';
import type { VisitorConfig } from './config.ts';
import { Connection } from './connection.ts';
import { VisitFailure } from './errors.ts';
import type { ReceivedResponse } from './exchange.ts';
import { connect, portOf, resolve, send } from './steps.ts';
import { beginSealing, type TlsVersion } from './tls-handshake.ts';

export type Visit = {
  method: string;
  url: URL;
  /** Fields typed into the form that the page read before sends to this address. */
  form?: Record<string, string>;
  /** `kept`: over the connection of an earlier visit, if it is still open. */
  connection: 'new' | 'kept';
  /** The only version of TLS that is spoken; 1.3 and 1.2 unless it is given. */
  tls?: TlsVersion;
  /** The scenario that it is sent for. */
  scenario?: string;
  /** The span that its own is linked to, as a traceparent. */
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

/** Makes one visit for `browser`. Never throws for what happens on the way: a visit without a response has a `failure`. */
export async function makeVisit(visit: Visit, browser: Browser, config: VisitorConfig): Promise<VisitResult> {
  const { method, scenario, link } = visit;
  const url = browser.sealed(visit.url);
  const origin = withLearner(ROOT_CONTEXT);
  const root = startSpan(visitor.visit, {
    attributes: {
      [semconv.ATTR_URL_FULL]: withoutCredentials(visit.url.href),
      ...(url !== visit.url && { [ATTR_HSTS]: withoutCredentials(url.href) }),
      [semconv.ATTR_HTTP_REQUEST_METHOD]: method,
      ...(scenario !== undefined && { [ATTR_SCENARIO]: scenario }),
    },
    parent: origin,
    links: linksTo(link),
  });
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
    root.setAttribute(ATTR_TLS_MODE, url.protocol === 'http:' ? 'plain' : connection ? 'kept' : 'none');
    root.setAttribute(ATTR_LOOKUP, connection ? 'kept' : isIPv4(url.hostname) ? 'address' : 'asked');
    if (connection === undefined) {
      result.connection = 'unresolved';
      const address = isIPv4(url.hostname) ? url.hostname : await resolve(nameOf(url), parent, config);
      result.connection = 'refused';
      const asked = { host: address, port: portOf(url) };
      const sealing = url.protocol === 'https:' ? beginSealing({ ...visit, url }, parent, root) : undefined;
      const socket = await connect(asked, parent, config, sealing?.begin);
      connection = new Connection(sealing ? await sealing.finish(socket, browser, config) : socket);
      result.connection = 'new';
      browser.keep(url.origin, connection);
    }
    result.response = await send({ ...visit, url }, { browser, connection }, parent, config);
    root.setAttribute(semconv.ATTR_HTTP_RESPONSE_STATUS_CODE, result.response.status);
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

function linksTo(traceparent: string | undefined): Link[] {
  const context = trace.getSpanContext(extractContext({ traceparent }));
  return context ? [{ context }] : [];
}

/** The name to look up: one that is written out to the root's dot (`tatis.test.`) is the same name. */
function nameOf({ hostname }: URL): string {
  return hostname.replace(/\.$/, '');
}
