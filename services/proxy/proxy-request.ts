// One request while it is in the proxy: its SERVER span, what every answer to it carries, and how it ends.

import { type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse, STATUS_CODES } from 'node:http';
import { type Context, context, INVALID_TRACEID } from '@opentelemetry/api';
import * as semconv from '@opentelemetry/semantic-conventions';
import { now } from '../../otel/clock.ts';
import { proxy } from '../../otel/contract/index.ts';
import { ATTR_BODY_KEPT, ATTR_BODY_SIZE, ATTR_LOCATION_KIND } from '../../otel/contract/names.ts';
import { addSpanEvent } from '../../otel/event.ts';
import { responseHeaders } from '../../otel/propagation/http.ts';
import { withoutCredentials } from '../../otel/url.ts';
import { afterTick } from '../../runtime/after-tick.ts';
import { type Body, expectsContinue } from '../../runtime/http/body.ts';
import { failurePage } from '../../runtime/http/failure-page.ts';
import { hasBody } from '../../runtime/http/headers.ts';
import { openServerSpan, type ServerSpan } from '../../runtime/http/server-span.ts';
import { log } from '../../runtime/log.ts';
import { FAILURES, type FailureCode } from './errors.ts';
import type { Target } from './target.ts';

/** static, dynamic, return: the action of the location; refused: before one was chosen. */
export type Kind = 'static' | 'dynamic' | 'return' | 'refused';

/** `headers`: those of every answer of its server block. */
type ProxyRequestOptions = { target: Target; clientAddress: string; headers: Record<string, string>; pageUrl: string };

export class ProxyRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly target: Target;
  readonly method: string;
  readonly clientAddress: string;
  /** The context of its SERVER span, parent of all that happens to it here. */
  readonly context: Context;
  /** Undefined in a process without instrumentation. */
  readonly traceId: string | undefined;
  readonly start = now();
  /** Set by the steps, for log and metrics. */
  kind: Kind = 'refused';
  rule = '';
  bodyBytes = 0;
  /** From its start to the end of its span, known when it is over. */
  durationMs = 0;
  upstreamMs: number | undefined;
  failure: FailureCode | undefined;
  /** Whether this is the last request on its connection. */
  isLast = false;
  readonly #server: ServerSpan<typeof proxy.server>;
  readonly #headers: Record<string, string>;
  readonly #pageUrl: string;
  #given: AbortController | undefined;

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    { target, clientAddress, headers: own, pageUrl }: ProxyRequestOptions,
    whenOver: (proxyRequest: ProxyRequest) => void,
  ) {
    this.request = request;
    this.response = response;
    this.target = target;
    this.clientAddress = clientAddress;
    this.method = request.method ?? 'GET';
    this.#headers = own;
    this.#pageUrl = pageUrl;
    const { headers } = request;
    const userAgent = headers['user-agent'];
    response.once('close', () => this.#close()); // before the span ends
    this.#server = openServerSpan(proxy.server, request, response, {
      words: { method: this.method },
      startTime: this.start,
      attributes: {
        [semconv.ATTR_URL_PATH]: this.path,
        [semconv.ATTR_SERVER_ADDRESS]: target.host,
        [semconv.ATTR_CLIENT_ADDRESS]: clientAddress,
        [semconv.ATTR_NETWORK_PROTOCOL_VERSION]: request.httpVersion,
        ...(target.query !== undefined && { [semconv.ATTR_URL_QUERY]: withoutCredentials(target.query) }),
        ...(userAgent !== undefined && { [semconv.ATTR_USER_AGENT_ORIGINAL]: userAgent }),
      },
    });
    const { traceId } = this.#server.span.spanContext();
    this.traceId = traceId === INVALID_TRACEID ? undefined : traceId;
    this.context = this.#server.context;
    response.once('close', () => whenOver(this));
  }

  /** The path as it was asked for. */
  get path(): string {
    const { raw, query } = this.target;
    return query === undefined ? raw : raw.slice(0, -query.length - 1);
  }

  /** The status for the log: 499 (as nginx has it) when the client went before it had one. */
  get status(): number {
    if (this.response.headersSent) return this.response.statusCode;
    return this.failure === undefined ? 499 : FAILURES[this.failure].status;
  }

  /** The headers of every answer: its trace, and those of its server block. */
  get ownHeaders(): Record<string, string> {
    return this.traceId === undefined ? this.#headers : { ...responseHeaders(this.#server.span), ...this.#headers };
  }

  /** Whether an answer was begun, or can't be any more. */
  get isAnswered(): boolean {
    return this.#server.isOver;
  }

  /** Whether the heads of messages are shown on spans. */
  get hasHeads(): boolean {
    return this.#server.hasHeads;
  }

  /** Aborted when the gateway's answer is not needed any more: the client is gone, or has another answer. Its reason is the code. */
  get signal(): AbortSignal {
    this.#given ??= new AbortController();
    return this.#given.signal;
  }

  /** Notes on its span that the whole body is here. */
  bodyReceived({ size, kept }: Body): void {
    addSpanEvent(this.#server.span, 'request body received', { [ATTR_BODY_SIZE]: size, [ATTR_BODY_KEPT]: kept });
  }

  /** Answers with `body`, which HEAD does not get. */
  answer(status: number, headers: OutgoingHttpHeaders, body: string | Buffer = ''): void {
    const isBodyless = this.method === 'HEAD' || status === 204 || status === 304;
    if (!isBodyless) this.bodyBytes = Buffer.byteLength(body);
    this.begin(status, headers);
    this.end(isBodyless || body.length === 0 ? undefined : body);
  }

  /** Says status and headers of the answer; they leave with its first bytes. */
  begin(status: number, headers: OutgoingHttpHeaders): void {
    // Without 100 Continue a client may send its body or not: where its next request begins is not known.
    const isUnsure = expectsContinue(this.request) && !this.request.complete;
    const all = isUnsure ? { ...headers, connection: 'close' } : headers;
    this.response.writeHead(status, STATUS_CODES[status], { ...all, ...this.ownHeaders });
  }

  /** Ends the answer, together with the others of this turn of the event loop; `body` as it is, to HEAD too. */
  end(body?: string | Buffer, encoding: BufferEncoding = 'utf8'): void {
    afterTick(() => this.response.end(body, encoding));
  }

  /** Answers with a page that says what went wrong; where an answer was begun already, cuts it off. */
  fail(code: FailureCode, headers: OutgoingHttpHeaders = {}): void {
    this.failure ??= code;
    this.#given?.abort(code);
    const { status } = FAILURES[code];
    if (status >= 500)
      context.with(this.context, () => log.warn({ code, method: this.method, path: this.path }, 'no answer'));
    if (this.response.headersSent) this.response.destroy();
    else {
      const { traceId } = this;
      const page = failurePage(
        FAILURES[code],
        traceId ? { id: traceId, url: `${this.#pageUrl}/traces/${traceId}` } : undefined,
      );
      this.isLast = MUST_CLOSE.has(status) || (hasBody(this.request.headers) && !this.request.complete);
      this.answer(
        status,
        {
          'content-type': 'text/html; charset=utf-8',
          'content-length': Buffer.byteLength(page),
          ...(this.isLast && { connection: 'close' }),
          ...(status === 405 && { allow: FORWARDED_METHODS }),
          ...headers,
        },
        page,
      );
    }
  }

  #close(): void {
    const { request, response } = this;
    if (!response.writableFinished) {
      this.failure ??= 'client_gone';
      this.#given?.abort(this.failure);
    }
    if (!request.complete) request.resume(); // the rest of an unread body
    this.#server.span.setAttributes({
      [ATTR_LOCATION_KIND]: this.kind,
      [semconv.ATTR_HTTP_RESPONSE_STATUS_CODE]: this.status,
    });
    const isOurs = this.failure !== undefined && (this.status >= 499 || !response.writableFinished);
    if (isOurs) this.#server.fail(this.failure as FailureCode);
    this.durationMs = this.#server.endTime - this.start;
  }
}

/** What `Allow` lists (RFC 9110, 15.5.6) where no location says otherwise. */
export const FORWARDED_METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS';

/** After these it is not known where the next request on this connection begins, or the client is not to be trusted. */
const MUST_CLOSE = new Set([400, 408, 413, 414, 431, 501, 505]);
