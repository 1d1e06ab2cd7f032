// One request given to one worker: sent by undici's dispatch, its response passed on as it comes.

import type { BlockList } from 'node:net';
import { type Context, context } from '@opentelemetry/api';
import * as semconv from '@opentelemetry/semantic-conventions';
import type { Dispatcher } from 'undici';
import { now } from '../../otel/clock.ts';
import { gateway } from '../../otel/contract/index.ts';
import {
  ATTR_FAULT,
  ATTR_HTTP_REQUEST_HEAD,
  ATTR_HTTP_RESPONSE_HEAD,
  ATTR_WORKER_ID,
  ATTR_WORKER_PID,
  ATTR_WORKER_STATE,
} from '../../otel/contract/names.ts';
import type { SpanOf } from '../../otel/contract/spec.ts';
import { addSpanEvent } from '../../otel/event.ts';
import { COMMAND_HEADER, contextHeaders } from '../../otel/propagation/http.ts';
import { contextWith, endSpan, failSpan, startSpan } from '../../otel/span.ts';
import { withoutCredentials } from '../../otel/url.ts';
import { afterTick } from '../../runtime/after-tick.ts';
import { headText } from '../../runtime/http/head.ts';
import { isClosed, isGarbage } from './connections.ts';
import type { FailureCode } from './errors.ts';
import { dropForwarded } from './forwarded.ts';
import { type Headers, passedOn } from './headers.ts';
import { failedAttempts } from './metrics.ts';
import type { GatewayRequest } from './request.ts';
import { RelayedResponse } from './response.ts';
import type { Worker } from './worker.ts';

/** How it ended; `client_gone`: nobody waits for the response any more. */
export type Outcome = 'answered' | Failed;
type Failed = 'client_gone' | Extract<FailureCode, `worker_${string}` | 'bad_answer' | 'bad_request'>;

/** A client that takes nothing of a long response keeps its worker for so many times the worker's own timeout. */
const CLIENT_PATIENCE = 6;

/** `timeout`: ms without progress; `resends`: how often the request was sent before; `fault`: what the worker shall do. */
export type Sent = { timeout: number; resends: number; fault: string | undefined; proxies: BlockList };

/** Gives `request` to `worker`. Resolves when the response is passed on, or with why not; never rejects. */
export function attempt(request: GatewayRequest, worker: Worker, sent: Sent): Promise<Outcome> {
  return new Promise((resolve) => {
    const handler = new Attempt(request, worker, sent, resolve);
    const { method, path } = request;
    const body = request.body?.stream() ?? null;
    // `reset: false`: undici would close the connection after each HEAD, lest a body comes; that would be noticed as garbage.
    const options = { method, path, headers: handler.headers, body, reset: false };
    const send = () => worker.connections.pool.dispatch(options, handler);
    context.with(handler.context, send);
  });
}

class Attempt implements Dispatcher.DispatchHandler {
  /** The context of its span: what the request leaves in. */
  readonly context: Context;
  /** Of the request to the worker. */
  readonly headers: Headers;
  readonly #request: GatewayRequest;
  readonly #worker: Worker;
  readonly #span: SpanOf<typeof gateway.attempt>;
  readonly #resolve: (outcome: Outcome) => void;
  readonly #timer: NodeJS.Timeout;
  #controller: Dispatcher.DispatchController | undefined;
  #response: RelayedResponse | undefined;
  #isOver = false;
  readonly #leave = () => this.#giveUp('client_gone');
  /** Of a long response: bytes that its client has not taken, and how often it had taken none of them. */
  #untaken = 0;
  #idleChecks = 0;
  /** Whether the worker closes the connection with its response: then it is about to end. */
  #isLeaving = false;

  constructor(
    request: GatewayRequest,
    worker: Worker,
    { timeout, resends, fault, proxies }: Sent,
    resolve: (outcome: Outcome) => void,
  ) {
    this.#request = request;
    this.#worker = worker;
    this.#resolve = resolve;
    this.#span = startSpan(gateway.attempt, {
      words: { method: request.method },
      parent: request.context,
      attributes: {
        [semconv.ATTR_HTTP_REQUEST_METHOD]: request.method,
        [semconv.ATTR_URL_FULL]: withoutCredentials(worker.origin + request.path),
        [semconv.ATTR_SERVER_ADDRESS]: worker.endpoint.host,
        [semconv.ATTR_SERVER_PORT]: worker.endpoint.port,
        [ATTR_WORKER_ID]: worker.id,
        [ATTR_WORKER_PID]: worker.pid,
        ...(resends > 0 && { [semconv.ATTR_HTTP_REQUEST_RESEND_COUNT]: resends }),
        ...(fault && { [ATTR_FAULT]: fault }),
      },
    });
    this.context = contextWith(this.#span, request.context);
    this.headers = passedOn(request.received.headers, {
      ...contextHeaders(this.context),
      ...(request.host !== undefined && { host: request.host }),
      ...(request.body && { 'content-length': String(request.body.size) }),
      ...(fault && { [COMMAND_HEADER]: fault }),
    });
    dropForwarded(this.headers, request.received, proxies);
    if (request.hasHeads) this.#showRequestHead();
    this.#timer = setTimeout(() => this.#checkProgress(), timeout);
    request.signal.addEventListener('abort', this.#leave);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#isOver) controller.abort(new Error('given up'));
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: Headers, reason = ''): void {
    if (status < 100 || status > 599) this.#giveUp('bad_answer');
    if (status < 200 || this.#isOver) return; // interim responses (103 Early Hints) end here
    this.#timer.refresh();
    this.#span.setAttribute(semconv.ATTR_HTTP_RESPONSE_STATUS_CODE, status);
    if (this.#request.hasHeads) {
      this.#span.setAttribute(ATTR_HTTP_RESPONSE_HEAD, headText(`HTTP/1.1 ${status} ${reason}`, headers));
    }
    this.#isLeaving = headers.connection === 'close';
    this.#response = new RelayedResponse(this.#request.response, status, headers);
  }

  onResponseData(controller: Dispatcher.DispatchController, piece: Buffer): void {
    if (this.#isOver) return;
    this.#timer.refresh();
    this.#response?.add(piece, controller);
  }

  onResponseEnd(): void {
    const ended = now();
    if (this.#response?.isHeld) afterTick(() => this.#answered(ended));
    else this.#answered(ended);
  }

  /** Without a `controller`: `dispatch` itself failed. */
  onResponseError(controller: Dispatcher.DispatchController | null, error: Error): void {
    if (this.#isOver) return;
    if (controller === null && !isClosed(error)) {
      this.#worker.connections.renew(); // the pool takes its client for a busy one from now on
      this.#failed('bad_request', error);
    } else this.#failed(isGarbage(error) ? 'bad_answer' : 'worker_lost', error);
  }

  /** As undici writes it. */
  #showRequestHead(): void {
    const { host = new URL(this.#worker.origin).host, ...others } = this.headers;
    const head = headText(`${this.#request.method} ${this.#request.path} HTTP/1.1`, {
      host,
      connection: 'keep-alive',
      ...others,
    });
    this.#span.setAttribute(ATTR_HTTP_REQUEST_HEAD, head);
  }

  #answered(ended: number): void {
    const { garbage } = this.#worker.connections;
    if (this.#response?.isHeld && garbage) {
      this.#failed('bad_answer', garbage);
      return;
    }
    const status = this.#response?.status ?? 0;
    if (status >= 400) failSpan(this.#span, String(status));
    this.#response?.end();
    this.#finish('answered', ended);
  }

  #failed(why: Failed, error?: Error): void {
    if (this.#isOver) return;
    failSpan(this.#span, why, error);
    failedAttempts.add(1, { [semconv.ATTR_ERROR_TYPE]: why });
    addSpanEvent(this.#span, 'worker state changed', { [ATTR_WORKER_STATE]: 'suspect' });
    this.#finish(why, now());
  }

  #checkProgress(): void {
    const { response } = this.#request;
    const untaken = response.socket?.writableLength ?? 0;
    this.#idleChecks = untaken === this.#untaken ? this.#idleChecks + 1 : 0;
    this.#untaken = untaken;
    if (!response.writableNeedDrain) this.#giveUp('worker_timeout');
    else if (this.#idleChecks < CLIENT_PATIENCE) this.#timer.refresh();
    else response.destroy(); // it leaves as any client does that goes
  }

  /** Ends it now, whatever becomes of the request in undici: one that waits there for a connection has no controller. */
  #giveUp(why: Failed): void {
    this.#failed(why);
    if (this.#controller) this.#controller.abort(new Error(why));
    else this.#worker.connections.renew();
  }

  #finish(outcome: Outcome, ended: number): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#request.signal.removeEventListener('abort', this.#leave);
    endSpan(this.#span, ended);
    const answered = this.#isLeaving ? 'leaving' : 'answered';
    this.#worker.release(outcome === 'answered' ? answered : 'suspect');
    this.#resolve(outcome);
  }
}
