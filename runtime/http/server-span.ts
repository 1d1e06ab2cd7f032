// The life of a request at a server, as its SERVER span records it; the same for proxy, gateway and app:
//
//   opened ──▶ response begun ──▶ last byte handed over ──▶ closed: the span ends, at the time of the last byte
//      └─────────────┴── the client goes: `signal` is aborted, error.type is client_gone;
//                        the span ends when what is done for it (`run`) has ended too
//
// The heads of both messages are on it, unless the rate of requests makes that too costly.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Attributes, type Context, context, type Span } from '@opentelemetry/api';
import {
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_URL_SCHEME,
} from '@opentelemetry/semantic-conventions';
import { ATTR_HTTP_REQUEST_HEAD, ATTR_HTTP_RESPONSE_HEAD } from '../../otel/contract/names.ts';
import type { SpanOf, SpanSpec } from '../../otel/contract/spec.ts';
import { extractContext } from '../../otel/propagation/http.ts';
import { contextWith, endSpan, failSpan, type Opening, startSpan } from '../../otel/span.ts';
import { isTls } from '../net/tls.ts';
import { measureStalls } from '../stalls.ts';
import { responseEndOf } from './answered.ts';
import { areHeadsShown, headText } from './head.ts';

/** Opens the span of `request`, below the trace that it carries; it ends by itself when `response` is over. */
export function openServerSpan<S extends SpanSpec>(
  spec: S,
  request: IncomingMessage,
  response: ServerResponse,
  opening: Opening<S>,
): ServerSpan<S> {
  const { method = 'GET', headers } = request;
  const scheme = isTls(request.socket) ? 'https' : 'http';
  const attributes = { [ATTR_HTTP_REQUEST_METHOD]: method, [ATTR_URL_SCHEME]: scheme, ...opening.attributes };
  const parent = extractContext(headers);
  const span = startSpan(spec, { parent, ...opening, attributes });
  return new ServerSpan(span, parent, request, response);
}

export class ServerSpan<S extends SpanSpec> {
  readonly span: SpanOf<S>;
  /** Parent of all that happens to the request here. */
  readonly context: Context;
  /** Whether the heads of messages are shown, its own and those that are sent on for it. */
  readonly hasHeads: boolean;
  /** Called when the client goes before its response is whole: what `signal` is for, at a tenth of its cost. */
  readonly onClientGone = new Set<() => void>();
  readonly #response: ServerResponse;
  readonly #endTime: () => number;
  readonly #stalls: (() => Attributes) | undefined;
  #failure: string | undefined;
  #client: AbortController | undefined;
  #work: Promise<unknown> | undefined;

  constructor(span: SpanOf<S>, parent: Context, request: IncomingMessage, response: ServerResponse) {
    this.span = span;
    this.context = contextWith(span, parent); // with the baggage that came along
    this.#response = response;
    this.#endTime = responseEndOf(response);
    this.hasHeads = span.isRecording() && areHeadsShown();
    if (this.hasHeads) {
      this.#stalls = measureStalls();
      this.#shared.setAttribute(ATTR_HTTP_REQUEST_HEAD, requestHead(request));
    }
    response.once('close', () => this.#close());
  }

  /** Whether a response was begun, or its client has gone. */
  get isOver(): boolean {
    return this.#response.headersSent || this.#response.destroyed;
  }

  /** Aborted when the client goes before its response is whole. */
  get signal(): AbortSignal {
    this.#client ??= new AbortController();
    if (this.#isGone) this.#client.abort();
    return this.#client.signal;
  }

  /** Does `step`, which answers the request, in the span's context; the span does not end before it. */
  run(step: () => Promise<void>): Promise<void> {
    const work = context.with(this.context, step);
    this.#work = work;
    return work.finally(() => {
      this.#work = undefined;
      if (this.#response.closed) this.#end();
    });
  }

  /** Notes why the response is not what it should be; of several reasons the first counts. Does not answer. */
  fail(code: string, error?: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = code;
    failSpan(this.span, code, error);
  }

  /** The span for the attributes that are set here: every server's spec lists them. */
  get #shared(): Span {
    return this.span;
  }

  get #isGone(): boolean {
    return this.#response.closed && !this.#response.writableFinished;
  }

  /** When it ends: for a response that went out whole, when its last byte was handed over; else now. In ms since 1970. */
  get endTime(): number {
    return this.#endTime();
  }

  #close(): void {
    if (this.#isGone) {
      this.fail('client_gone');
      this.#client?.abort();
      for (const act of this.onClientGone) act();
    }
    if (this.#work === undefined) this.#end();
  }

  #end(): void {
    const { headersSent, statusCode } = this.#response;
    if (headersSent) {
      this.#shared.setAttribute(ATTR_HTTP_RESPONSE_STATUS_CODE, statusCode);
      if (this.hasHeads) this.#shared.setAttribute(ATTR_HTTP_RESPONSE_HEAD, responseHead(this.#response));
      if (statusCode >= 500) this.fail(String(statusCode));
    }
    if (this.#stalls) this.#shared.setAttributes(this.#stalls());
    endSpan(this.span, this.#endTime());
  }
}

function requestHead({ method, url, httpVersion, rawHeaders }: IncomingMessage): string {
  return headText(`${method} ${url} HTTP/${httpVersion}`, rawHeaders);
}

/** As it was written: headers that were given with the status are nowhere else. */
function responseHead(response: ServerResponse): string {
  const { _header: written = '' } = response as ServerResponse & { _header?: string };
  const [first = '', ...fields] = written.trimEnd().split('\r\n');
  return headText(
    first,
    fields.flatMap((field) => {
      const colon = field.indexOf(':');
      return [field.slice(0, colon), field.slice(colon + 1).trim()];
    }),
  );
}
