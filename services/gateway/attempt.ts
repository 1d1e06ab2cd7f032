// One letter in the hands of one worker: sent through undici's lowest door, its answer passed on as it comes.
//
//   a small answer of known length is held until it is whole: if it does not come whole, nothing was sent back yet,
//   and the letter can go to another worker, or be answered with 502
//   any other is passed on piece by piece, no faster than the client takes it

import { PassThrough } from 'node:stream';
import type { Span } from '@opentelemetry/api';
import * as semconv from '@opentelemetry/semantic-conventions';
import type { Dispatcher } from 'undici';
import { gateway } from '../../otel/contract/index.ts';
import { ATTR_WORKER_ID, ATTR_WORKER_PID } from '../../otel/contract/names.ts';
import { contextHeaders } from '../../otel/propagation/http.ts';
import { endSpan, failSpan, startSpan, within } from '../../otel/span.ts';
import type { FailureCode } from './errors.ts';
import { type Headers, passedOn } from './headers.ts';
import type { Letter } from './letter.ts';
import type { Worker } from './worker.ts';

/** Answers of up to so many bytes are held until they are whole. */
const HELD = 64 * 1024;

/** How it ended; `client_gone`: nobody waits for the answer any more. */
export type Outcome = 'answered' | 'client_gone' | Extract<FailureCode, `worker_${string}` | 'bad_answer'>;

/** Gives `letter` to `worker`. Resolves when the answer is passed on, or with why not; never rejects. */
export function attempt(letter: Letter, worker: Worker, sent: Sent): Promise<Outcome> {
  return new Promise((resolve) => {
    const handler = new Attempt(letter, worker, sent, resolve);
    const { method, path } = letter;
    const body = letter.hasBody ? letter.request.pipe(new PassThrough()) : null;
    worker.pool.dispatch({ method, path, headers: handler.headers, body }, handler);
  });
}

/** `timeout`: ms without progress; `resends`: how many times the letter was sent before this. */
type Sent = { timeout: number; resends: number };

class Attempt implements Dispatcher.DispatchHandler {
  /** Of the request to the worker. */
  readonly headers: Headers;
  readonly #letter: Letter;
  readonly #worker: Worker;
  readonly #span: Span;
  readonly #resolve: (outcome: Outcome) => void;
  readonly #timer: NodeJS.Timeout;
  #controller: Dispatcher.DispatchController | undefined;
  #givenUp: Outcome | undefined;
  #head: { status: number; reason: string; headers: Headers } | undefined;
  /** Pieces of an answer that is held; undefined for one that is passed on as it comes. */
  #held: Buffer[] | undefined;

  constructor(letter: Letter, worker: Worker, { timeout, resends }: Sent, resolve: (how: Outcome) => void) {
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
      },
    });
    this.headers = passedOn(letter.request.headers, contextHeaders(within(this.#span, letter.context)));
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

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: Headers, reason = ''): void {
    if (status < 200) return; // interim answers (103 Early Hints) end here
    this.#timer.refresh();
    this.#span.setAttribute(semconv.ATTR_HTTP_RESPONSE_STATUS_CODE, status);
    this.#head = { status, reason, headers: passedOn(headers) };
    if (Number(headers['content-length']) <= HELD) this.#held = [];
    else this.#begin();
  }

  onResponseData(controller: Dispatcher.DispatchController, piece: Buffer): void {
    this.#timer.refresh();
    if (this.#held) {
      this.#held.push(piece);
    } else if (!this.#letter.response.write(piece)) {
      controller.pause();
      this.#letter.response.once('drain', () => controller.resume());
    }
  }

  onResponseEnd(): void {
    const status = this.#head?.status ?? 0;
    if (status >= 400) failSpan(this.#span, String(status));
    if (this.#held) this.#begin();
    this.#letter.response.end(this.#held && onePiece(this.#held));
    this.#finish('answered');
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    const outcome = this.#givenUp ?? reasonOf(error);
    failSpan(this.#span, outcome, this.#givenUp ? undefined : error);
    this.#finish(outcome);
  }

  #begin(): void {
    if (this.#head) this.#letter.response.writeHead(this.#head.status, this.#head.reason, this.#head.headers);
  }

  #checkProgress(): void {
    const isClientSlow =
      this.#letter.response.writableNeedDrain || (this.#letter.hasBody && !this.#letter.request.complete);
    if (isClientSlow) this.#timer.refresh();
    else this.#giveUp('worker_timeout');
  }

  #giveUp(why: Outcome): void {
    this.#givenUp ??= why;
    this.#controller?.abort(new Error(why));
  }

  #finish(outcome: Outcome): void {
    clearTimeout(this.#timer);
    this.#letter.whenGone(() => {});
    endSpan(this.#span);
    this.#worker.done(outcome === 'answered' ? 'answered' : 'suspect');
    this.#resolve(outcome);
  }
}

function onePiece(pieces: Buffer[]): Buffer | undefined {
  return pieces.length > 1 ? Buffer.concat(pieces) : pieces[0];
}

/** What undici's error means: the answer was not HTTP, or the connection broke. */
function reasonOf(error: Error & { code?: string }): 'bad_answer' | 'worker_lost' {
  const code = String(error.code);
  const isGarbage = code.startsWith('HPE_') || code.startsWith('UND_ERR_RES') || code === 'UND_ERR_HEADERS_OVERFLOW';
  return isGarbage ? 'bad_answer' : 'worker_lost';
}
