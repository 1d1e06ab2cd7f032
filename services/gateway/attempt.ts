// One letter in the hands of one worker: sent through undici's lowest door, its answer passed on as it comes.

import { PassThrough } from 'node:stream';
import { type Context, context, type Span } from '@opentelemetry/api';
import * as semconv from '@opentelemetry/semantic-conventions';
import type { Dispatcher } from 'undici';
import { now } from '../../otel/clock.ts';
import { gateway } from '../../otel/contract/index.ts';
import { ATTR_FAULT, ATTR_WORKER_ID, ATTR_WORKER_PID, ATTR_WORKER_STATE } from '../../otel/contract/names.ts';
import { note } from '../../otel/event.ts';
import { contextHeaders, ORDER_HEADER } from '../../otel/propagation/http.ts';
import { endSpan, failSpan, startSpan, within } from '../../otel/span.ts';
import { atEndOfTurn } from '../../runtime/turn.ts';
import { Answer } from './answer.ts';
import { isGarbage } from './connections.ts';
import type { FailureCode } from './errors.ts';
import type { Fault } from './faults.ts';
import { type Headers, passedOn } from './headers.ts';
import type { Letter } from './letter.ts';
import { failedAttempts } from './metrics.ts';
import type { Worker } from './worker.ts';

/** How it ended; `client_gone`: nobody waits for the answer any more. */
export type Outcome = 'answered' | Failed;
type Failed = 'client_gone' | Extract<FailureCode, `worker_${string}` | 'bad_answer'>;

/** `timeout`: ms without progress; `resends`: how often the letter was sent before; `fault`: what the worker shall do. */
export type Sent = { timeout: number; resends: number; fault: Fault | undefined };

/** Gives `letter` to `worker`. Resolves when the answer is passed on, or with why not; never rejects. */
export function attempt(letter: Letter, worker: Worker, sent: Sent): Promise<Outcome> {
  return new Promise((resolve) => {
    const handler = new Attempt(letter, worker, sent, resolve);
    const { method, path } = letter;
    const body = letter.hasBody ? letter.request.pipe(new PassThrough()) : null;
    const send = () => worker.connections.pool.dispatch({ method, path, headers: handler.headers, body }, handler);
    context.with(handler.context, send);
  });
}

class Attempt implements Dispatcher.DispatchHandler {
  /** The context of its span: what the request leaves in. */
  readonly context: Context;
  /** Of the request to the worker. */
  readonly headers: Headers;
  readonly #letter: Letter;
  readonly #worker: Worker;
  readonly #span: Span;
  readonly #resolve: (outcome: Outcome) => void;
  readonly #timer: NodeJS.Timeout;
  #controller: Dispatcher.DispatchController | undefined;
  #answer: Answer | undefined;
  #givenUp: Failed | undefined;
  #isOver = false;
  /** Whether the worker closes the connection with its answer: then it is about to end. */
  #isLeaving = false;

  constructor(letter: Letter, worker: Worker, { timeout, resends, fault }: Sent, resolve: (outcome: Outcome) => void) {
    this.#letter = letter;
    this.#worker = worker;
    this.#resolve = resolve;
    this.#span = startSpan(gateway.attempt, {
      words: { method: letter.method },
      parent: letter.context,
      attributes: {
        [semconv.ATTR_HTTP_REQUEST_METHOD]: letter.method,
        [semconv.ATTR_URL_FULL]: worker.origin + letter.path,
        [semconv.ATTR_SERVER_ADDRESS]: worker.endpoint.host,
        [semconv.ATTR_SERVER_PORT]: worker.endpoint.port,
        [ATTR_WORKER_ID]: worker.id,
        [ATTR_WORKER_PID]: worker.pid,
        ...(resends > 0 && { [semconv.ATTR_HTTP_REQUEST_RESEND_COUNT]: resends }),
        ...(fault && { [ATTR_FAULT]: fault }),
      },
    });
    this.context = within(this.#span, letter.context);
    this.headers = passedOn(letter.request.headers, {
      ...contextHeaders(this.context),
      ...(fault && { [ORDER_HEADER]: fault }),
    });
    this.#timer = setTimeout(() => this.#checkProgress(), timeout);
    letter.whenGone(() => this.#giveUp('client_gone'));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#givenUp) controller.abort(new Error(this.#givenUp));
  }

  onBodySent(): void {
    this.#timer.refresh();
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: Headers): void {
    if (status < 200) return; // interim answers (103 Early Hints) end here
    this.#timer.refresh();
    this.#span.setAttribute(semconv.ATTR_HTTP_RESPONSE_STATUS_CODE, status);
    this.#isLeaving = headers.connection === 'close';
    this.#answer = new Answer(this.#letter.response, status, headers);
  }

  onResponseData(controller: Dispatcher.DispatchController, piece: Buffer): void {
    this.#timer.refresh();
    this.#answer?.add(piece, controller);
  }

  onResponseEnd(): void {
    const ended = now();
    if (this.#answer?.isHeld) atEndOfTurn(() => this.#answered(ended));
    else this.#answered(ended);
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    if (this.#givenUp) this.#failed(this.#givenUp);
    else this.#failed(isGarbage(error) ? 'bad_answer' : 'worker_lost', error);
  }

  #answered(ended: number): void {
    const { garbage } = this.#worker.connections;
    if (this.#answer?.isHeld && garbage) {
      this.#failed('bad_answer', garbage);
      return;
    }
    const status = this.#answer?.status ?? 0;
    if (status >= 400) failSpan(this.#span, String(status));
    this.#answer?.end();
    this.#finish('answered', ended);
  }

  #failed(why: Failed, error?: Error): void {
    failSpan(this.#span, why, error);
    failedAttempts.add(1, { [semconv.ATTR_ERROR_TYPE]: why });
    note(this.#span, 'worker state changed', { [ATTR_WORKER_STATE]: 'suspect' });
    this.#finish(why, now());
  }

  #checkProgress(): void {
    const { request, response, hasBody } = this.#letter;
    const isClientSlow = response.writableNeedDrain || (hasBody && !request.complete);
    if (isClientSlow) this.#timer.refresh();
    else this.#giveUp('worker_timeout');
  }

  #giveUp(why: Failed): void {
    this.#givenUp ??= why;
    this.#controller?.abort(new Error(why));
  }

  #finish(outcome: Outcome, ended: number): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#letter.whenGone(() => {});
    endSpan(this.#span, ended);
    const answered = this.#isLeaving ? 'leaving' : 'answered';
    this.#worker.done(outcome === 'answered' ? answered : 'suspect');
    this.#resolve(outcome);
  }
}
