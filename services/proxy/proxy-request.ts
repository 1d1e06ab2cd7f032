// One request in the proxy: its SERVER span, what every response to it has, and how it ends.

import { type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse, STATUS_CODES } from 'node:http';
import { type Context, context, INVALID_TRACEID } from '@opentelemetry/api';
import * as semconv from '@opentelemetry/semantic-conventions';
import { now } from '../../otel/clock.ts';
import { proxy } from '../../otel/contract/index.ts';
import { ATTR_LOCATION_KIND } from '../../otel/contract/names.ts';
import { measuredSetAttributes } from '../../otel/measured-set.ts';
import { responseHeaders } from '../../otel/propagation/http.ts';
import { withoutCredentials } from '../../otel/url.ts';
import { afterTick } from '../../runtime/after-tick.ts';
import { expectsContinue } from '../../runtime/http/body.ts';
import { hasBody } from '../../runtime/http/headers.ts';
import { openServerSpan, type ServerSpan } from '../../runtime/http/server-span.ts';
import { log } from '../../runtime/log.ts';
import { errorPage, FAILURES, type FailureCode } from './errors.ts';
import type { Target } from './target.ts';

type Options = {
  target: Target;
  clientAddress: string;
  /** Of every response of the server block. */
  headers: Record<string, string>;
  pageUrl: string;
};

export class ProxyRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly target: Target;
  readonly method: string;
  readonly clientAddress: string;
  readonly serverSpan: ServerSpan<typeof proxy.server>;
  /** The context of its SERVER span, the parent of the others. */
  readonly context: Context;
  /** Undefined in a process without instrumentation. */
  readonly traceId: string | undefined;
  readonly start = now();
  /** The action of the location; `refused` before one was chosen. */
  kind: 'static' | 'dynamic' | 'return' | 'refused' = 'refused';
  rule = '';
  bodyBytes = 0;
  /** From its start to the end of its span, known when it is over. */
  durationMs = 0;
  upstreamMs: number | undefined;
  failure: FailureCode | undefined;
  /** Aborts the request to the gateway: the client is gone, or has another response. */
  abortUpstream: ((reason: FailureCode) => void) | undefined;
  readonly #headers: Record<string, string>;
  readonly #pageUrl: string;

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    { target, clientAddress, headers, pageUrl }: Options,
    onEnd: (proxyRequest: ProxyRequest) => void,
  ) {
    this.request = request;
    this.response = response;
    this.target = target;
    this.clientAddress = clientAddress;
    this.method = request.method ?? 'GET';
    this.#headers = headers;
    this.#pageUrl = pageUrl;
    const userAgent = request.headers['user-agent'];
    response.once('close', () => this.#close()); // before the span ends
    this.serverSpan = openServerSpan(proxy.server, request, response, {
      words: { method: this.method },
      startTime: this.start,
      attributes: {
        [semconv.ATTR_URL_PATH]: target.rawPath,
        [semconv.ATTR_SERVER_ADDRESS]: target.host,
        [semconv.ATTR_CLIENT_ADDRESS]: clientAddress,
        [semconv.ATTR_NETWORK_PROTOCOL_VERSION]: request.httpVersion,
        ...(target.query !== undefined && { [semconv.ATTR_URL_QUERY]: withoutCredentials(target.query) }),
        ...(userAgent !== undefined && { [semconv.ATTR_USER_AGENT_ORIGINAL]: userAgent }),
      },
    });
    const { traceId } = this.serverSpan.span.spanContext();
    this.traceId = traceId === INVALID_TRACEID ? undefined : traceId;
    this.context = this.serverSpan.context;
    const ofSet = measuredSetAttributes(this.context);
    if (ofSet) this.serverSpan.span.setAttributes(ofSet);
    response.once('close', () => onEnd(this));
  }

  /** The status for the log: 499 (as with nginx) if the client closed the connection before there was one. */
  get status(): number {
    if (this.response.headersSent) return this.response.statusCode;
    return this.failure === undefined ? 499 : FAILURES[this.failure].status;
  }

  /** The headers of every response: those of its trace, and of its server block. */
  get ownHeaders(): Record<string, string> {
    return this.traceId === undefined ? this.#headers : { ...responseHeaders(this.serverSpan.span), ...this.#headers };
  }

  /** Responds with `body`, which is left out for HEAD. */
  answer(status: number, headers: OutgoingHttpHeaders, body = ''): void {
    const isBodyless = this.method === 'HEAD' || status === 204 || status === 304;
    if (!isBodyless) this.bodyBytes = Buffer.byteLength(body);
    this.begin(status, headers);
    this.end(isBodyless || body === '' ? undefined : body);
  }

  /** Sets status and headers of the response; they are sent with its first bytes. */
  begin(status: number, headers: OutgoingHttpHeaders): void {
    // Without 100 Continue a client may send its body or not: where its next request begins is not known.
    const isUnknown = expectsContinue(this.request) && !this.request.complete;
    const connection = isUnknown ? { connection: 'close' } : {};
    this.response.writeHead(status, STATUS_CODES[status], { ...headers, ...connection, ...this.ownHeaders });
  }

  /** Ends the response, together with others that end in this iteration of the event loop. */
  end(body?: string | Buffer): void {
    afterTick(() => this.response.end(body));
  }

  /** Responds with an error page; closes the connection if a response was begun already. */
  fail(code: FailureCode, headers: OutgoingHttpHeaders = {}): void {
    this.failure ??= code;
    this.abortUpstream?.(code);
    const { method, request, response, traceId } = this;
    const { status } = FAILURES[code];
    if (status >= 500)
      context.with(this.context, () => log.warn({ code, method, path: this.target.rawPath }, 'request failed'));
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const page = errorPage(code, traceId ? { id: traceId, url: `${this.#pageUrl}/traces/${traceId}` } : undefined);
    const isLast = MUST_CLOSE.has(status) || (hasBody(request.headers) && !request.complete);
    this.answer(status, { ...page.headers, ...(isLast && { connection: 'close' }), ...headers }, page.body);
  }

  #close(): void {
    const { request, response } = this;
    if (!response.writableFinished) {
      this.failure ??= 'client_gone';
      this.abortUpstream?.(this.failure);
    }
    if (!request.complete) request.resume(); // the rest of an unread body
    this.serverSpan.span.setAttributes({
      [ATTR_LOCATION_KIND]: this.kind,
      [semconv.ATTR_HTTP_RESPONSE_STATUS_CODE]: this.status,
    });
    const isError = this.status >= 499 || !response.writableFinished;
    if (isError && this.failure !== undefined) this.serverSpan.fail(this.failure);
    this.durationMs = this.serverSpan.endTime - this.start;
  }
}

/** After these it is not known where the next request on the connection begins, or the client is not to be trusted. */
const MUST_CLOSE = new Set([400, 408, 413, 414, 431, 501, 505]);
