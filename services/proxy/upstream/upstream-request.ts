// A request as it is sent on to the gateway: its CLIENT span, the answer streamed back, and every way in which that can fail.
//
//   start ─ connected ─ sent ─ answered (status, headers) ─ whole
//     └────────┴──────────┴──────┴── failed: before the answer a page, afterwards the connection is cut

import type { ClientRequest, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import * as semconv from '@opentelemetry/semantic-conventions';
import { now } from '../../../otel/clock.ts';
import { proxy } from '../../../otel/contract/index.ts';
import { ATTR_HTTP_REQUEST_HEAD, ATTR_HTTP_RESPONSE_HEAD } from '../../../otel/contract/names.ts';
import type { SpanOf } from '../../../otel/contract/spec.ts';
import { contextWith, endSpan, failSpan, startSpan } from '../../../otel/span.ts';
import { withoutCredentials } from '../../../otel/url.ts';
import { afterTick } from '../../../runtime/after-tick.ts';
import type { Body } from '../../../runtime/http/body.ts';
import { headText } from '../../../runtime/http/head.ts';
import { endWith, IN_ONE_PIECE } from '../../../runtime/http/one-piece.ts';
import { authority, type Endpoint } from '../../../runtime/net/endpoint.ts';
import type { FailureCode } from '../errors.ts';
import type { ProxyRequest } from '../proxy-request.ts';
import { answerHeaders } from './headers.ts';

/** Bounds of an upstream request: times in ms. */
export type Limits = { connectTimeout: number; timeout: number };

export class UpstreamRequest {
  readonly proxyRequest: ProxyRequest;
  readonly context: ProxyRequest['context'];
  readonly #limits: Limits;
  readonly #body: Body | undefined;
  readonly #span: SpanOf<typeof proxy.upstream>;
  readonly #start = now();
  #sent: ClientRequest | undefined;
  #isAnswered = false;
  #isOver = false;

  constructor(proxyRequest: ProxyRequest, { host, port }: Endpoint, limits: Limits, body: Body | undefined) {
    this.proxyRequest = proxyRequest;
    this.#limits = limits;
    this.#body = body;
    this.#span = startSpan(proxy.upstream, {
      words: { method: proxyRequest.method },
      parent: proxyRequest.context,
      startTime: this.#start,
      attributes: {
        [semconv.ATTR_HTTP_REQUEST_METHOD]: proxyRequest.method,
        [semconv.ATTR_URL_FULL]: withoutCredentials(`http://${authority({ host, port })}${proxyRequest.target.raw}`),
        [semconv.ATTR_SERVER_ADDRESS]: host,
        [semconv.ATTR_SERVER_PORT]: port,
      },
    });
    this.context = contextWith(this.#span, proxyRequest.context);
    const { signal } = proxyRequest;
    signal.addEventListener('abort', () => this.#giveUp(signal.reason), { once: true });
  }

  /** http-proxy has a socket; nothing is written yet. */
  sending(sent: ClientRequest): void {
    this.#sent = sent;
    if (this.proxyRequest.hasHeads) this.#span.setAttribute(ATTR_HTTP_REQUEST_HEAD, requestHead(sent));
    if (this.#isOver) {
      sent.destroy();
      return;
    }
    const { socket } = sent;
    if (socket?.connecting) {
      const timer = setTimeout(() => this.#fail('connect_timeout'), this.#limits.connectTimeout);
      socket.once('connect', () => clearTimeout(timer)).once('close', () => clearTimeout(timer));
    }
    sent.once('upgrade', (_, upgraded) => {
      upgraded.destroy(); // the proxy asks for none
      this.#fail('upstream_malformed');
    });
    sent.once('close', () => {
      if (!this.#isAnswered) this.#fail('upstream_lost');
    });
    sent.setTimeout(this.#limits.timeout, () => this.#whenSilent());
  }

  /** Status and headers have come. */
  answered(answer: IncomingMessage): void {
    const { response } = this.proxyRequest;
    this.#isAnswered = true;
    answer.on('error', () => this.#fail('upstream_cut'));
    if (this.#isOver || response.headersSent) return;
    const status = answer.statusCode ?? 0;
    if (status < 200 || status > 599) {
      this.#fail('upstream_malformed');
      return;
    }
    this.#span.setAttribute(semconv.ATTR_HTTP_RESPONSE_STATUS_CODE, status);
    if (this.proxyRequest.hasHeads) this.#span.setAttribute(ATTR_HTTP_RESPONSE_HEAD, responseHead(answer));
    answer.on('data', (chunk: Buffer) => {
      this.proxyRequest.bodyBytes += chunk.length;
    });
    answer.once('end', () => this.#settle(status >= 400 ? String(status) : undefined));
    const headers = answerHeaders(this.proxyRequest, answer.headers);
    if (Number(answer.headers['content-length']) <= IN_ONE_PIECE) {
      this.#passWhole(answer, status, headers);
    } else {
      response.writeHead(status, headers);
      answer.pipe(response);
    }
  }

  /** A small answer is passed on when it is whole: if the gateway breaks off, the client gets a page that says so. */
  #passWhole(answer: IncomingMessage, status: number, headers: OutgoingHttpHeaders): void {
    const { response } = this.proxyRequest;
    const pieces: Buffer[] = [];
    answer.on('data', (piece: Buffer) => pieces.push(piece));
    answer.once('end', () => {
      if (response.headersSent) return; // it was answered otherwise
      response.writeHead(status, headers);
      afterTick(() => endWith(response, pieces));
    });
  }

  /** What http-proxy could not do. */
  failed(error: NodeJS.ErrnoException): void {
    const isAway = error.syscall === 'connect' || error.syscall === 'getaddrinfo';
    this.#fail(
      isAway ? 'upstream_away' : error.code?.startsWith('HPE_') ? 'upstream_malformed' : 'upstream_lost',
      error,
    );
  }

  /** The body to send. */
  bodyStream(body: Body): Readable {
    return body.stream().once('error', (error) => this.#fail('internal', error));
  }

  /** Nothing has moved for a while: whose turn is it? */
  #whenSilent(): void {
    if (this.proxyRequest.response.writableNeedDrain) this.#fail('client_slow');
    else if (this.#sent?.writableNeedDrain) this.#fail('upstream_slow');
    else this.#fail('upstream_timeout');
  }

  #fail(code: FailureCode, error?: unknown): void {
    if (this.#isOver) return;
    this.#giveUp(code, error);
    this.proxyRequest.fail(code);
  }

  #giveUp(code: FailureCode, error?: unknown): void {
    this.#settle(code, error);
    this.#sent?.destroy();
  }

  #settle(failure?: string, error?: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const end = now();
    this.#body?.discard();
    this.proxyRequest.upstreamMs = end - this.#start;
    if (failure !== undefined) failSpan(this.#span, failure, error);
    endSpan(this.#span, end);
  }
}

function requestHead(sent: ClientRequest): string {
  return headText(`${sent.method} ${sent.path} HTTP/1.1`, sent.getHeaders());
}

function responseHead({ httpVersion, statusCode, statusMessage, rawHeaders }: IncomingMessage): string {
  return headText(`HTTP/${httpVersion} ${statusCode} ${statusMessage}`, rawHeaders);
}
