// Step 4: the HTTP request is sent over the open connection. Step 5 (read.ts) reads its response.

import { request } from 'node:http';
import { type Context, context } from '@opentelemetry/api';
import * as semconv from '@opentelemetry/semantic-conventions';
import { visitor } from '../../../otel/contract/index.ts';
import {
  ATTR_HTTP_REQUEST_HEAD,
  ATTR_HTTP_RESPONSE_DECODED_SIZE,
  ATTR_HTTP_RESPONSE_HEAD,
  ATTR_RESPONSE_BODY_SIZE,
} from '../../../otel/contract/names.ts';
import { addSpanEvent } from '../../../otel/event.ts';
import { contextHeaders } from '../../../otel/propagation/http.ts';
import { failSpan, startSpan } from '../../../otel/span.ts';
import { withoutCredentials } from '../../../otel/url.ts';
import { headText } from '../../../runtime/http/head.ts';
import type { Browser } from '../browser.ts';
import type { VisitorConfig } from '../config.ts';
import type { ResourceKind } from '../page-load/resource.ts';
import { ACCEPT_ENCODING } from '../page-load/text.ts';
import type { Connection } from './connection.ts';
import { type Limits, type ReceivedResponse, readResponse } from './read.ts';
import { inStep, type Target } from './step.ts';

type Form = Record<string, string>;
/** What a request is for: in a page load, the kind of file, and what names it. */
type Part = { kind: ResourceKind; initiator: string | undefined };
type Sent = {
  method: string;
  target: Target;
  headers: Record<string, string>;
  form?: Form;
  limits?: Limits;
  part?: Part;
};

/** The headers of a request, without those of its connection and its trace. */
export function requestHeaders(
  { url, form, part, encodings = ACCEPT_ENCODING }: { url: URL; form?: Form; part?: Part; encodings?: string },
  browser: Browser,
): Record<string, string> {
  return {
    host: url.host,
    'user-agent': 'Waybill visitor',
    accept: ACCEPT[part?.kind ?? 'document'] ?? '*/*',
    'accept-encoding': encodings,
    ...(part?.initiator !== undefined && { referer: part.initiator }),
    ...browser.headers(url, form !== undefined),
  };
}

const ACCEPT: Partial<Record<ResourceKind, string>> = {
  document: 'text/html,*/*',
  style: 'text/css,*/*;q=0.1',
  image: 'image/*,*/*;q=0.8',
  icon: 'image/*,*/*;q=0.8',
};

/** Sends the visit's request with `headers` over `connection`; `browser` stores what the response sets. Throws a VisitFailure without a whole response. */
export function sendRequest(
  { method, target, form, headers: ownHeaders, limits, part }: Sent,
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
      ...ownHeaders,
      connection: 'keep-alive',
      ...(body !== undefined && { 'content-length': `${Buffer.byteLength(body)}` }),
      ...contextHeaders(context.active()),
    };
    const path = url.pathname + url.search;
    span.setAttribute(ATTR_HTTP_REQUEST_HEAD, headText(`${method} ${path} HTTP/1.1`, headers));
    const sent = request({ agent: connection, method, path, headers });
    sent.once('finish', () => addSpanEvent(span, 'request sent'));
    sent.end(body);
    const response = await readResponse(sent, limits ?? { timeout: answerTimeout }, (moment) =>
      addSpanEvent(span, moment),
    );
    browser.read(url, response, part === undefined || part.kind === 'document');
    span.setAttribute(semconv.ATTR_HTTP_RESPONSE_STATUS_CODE, response.status);
    span.setAttribute(semconv.ATTR_NETWORK_PROTOCOL_VERSION, response.httpVersion);
    span.setAttribute(ATTR_HTTP_RESPONSE_HEAD, response.head);
    span.setAttribute(ATTR_RESPONSE_BODY_SIZE, response.bytes);
    if (response.headers['content-encoding'] !== undefined && response.bytes > 0)
      span.setAttribute(ATTR_HTTP_RESPONSE_DECODED_SIZE, response.decodedBytes);
    if (response.status >= 400) failSpan(span, String(response.status));
    return response;
  });
}
