// Step 4: the HTTP request is sent over the open connection. Step 5 (read.ts) reads its response.

import { request } from 'node:http';
import { type Context, context } from '@opentelemetry/api';
import * as semconv from '@opentelemetry/semantic-conventions';
import { visitor } from '../../../otel/contract/index.ts';
import { ATTR_HTTP_REQUEST_HEAD, ATTR_HTTP_RESPONSE_HEAD } from '../../../otel/contract/names.ts';
import { addSpanEvent } from '../../../otel/event.ts';
import { contextHeaders } from '../../../otel/propagation/http.ts';
import { failSpan, startSpan } from '../../../otel/span.ts';
import { withoutCredentials } from '../../../otel/url.ts';
import { headText } from '../../../runtime/http/head.ts';
import type { Browser } from '../browser.ts';
import type { VisitorConfig } from '../config.ts';
import type { Connection } from './connection.ts';
import { type ReceivedResponse, readResponse } from './read.ts';
import { inStep, type Target } from './step.ts';

/** Sends the visit's request over `connection`; `browser` stores what the response sets. Throws a VisitFailure without a whole response. */
export function sendRequest(
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
  return inStep(startSpan(visitor.request, { words: { method }, attributes, parent }), parent, async (span) => {
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
    span.setAttribute(ATTR_HTTP_REQUEST_HEAD, headText(`${method} ${path} HTTP/1.1`, headers));
    const sent = request({ agent: connection, method, path, headers });
    sent.once('finish', () => addSpanEvent(span, 'request sent'));
    sent.end(body);
    const response = await readResponse(sent, answerTimeout, (moment) => addSpanEvent(span, moment));
    browser.read(url, response);
    span.setAttribute(semconv.ATTR_HTTP_RESPONSE_STATUS_CODE, response.status);
    span.setAttribute(semconv.ATTR_NETWORK_PROTOCOL_VERSION, response.httpVersion);
    span.setAttribute(ATTR_HTTP_RESPONSE_HEAD, response.head);
    if (response.status >= 400) failSpan(span, String(response.status));
    return response;
  });
}
