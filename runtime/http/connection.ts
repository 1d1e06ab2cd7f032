// The life of a connection to an HTTP server: which request may be answered, and when a malformed request may be refused.
//
//            request                    response closed, no request waits
//   idle ──────────────▶ one in hand ────────────────────────────────────▶ idle
//    │                    │  ▲   └── response closed, a request waits ──▶ that one in hand
//    │                    │  └────── request: waits, and nothing more is read from the connection
//    │ parse error        │ parse error
//    ▼                    ▼
//   refused ◀── response closed ── the request in hand is whole, and none waits
//      ▲
//      └─────── it is not whole: the error is in its body, and the response in hand is the refusal

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { ApiError } from './api-error.ts';

type Exchange = [request: IncomingMessage, response: ServerResponse];

export type ConnectionEvents = {
  answer: (...exchange: Exchange) => void;
  /** The body of the request in hand is malformed: answers with `apiError`. */
  fail: (response: ServerResponse, apiError: ApiError) => void;
  /** Answers a malformed request, and closes the connection. */
  refuse: (socket: Socket, apiError: ApiError) => void;
  /** A request is in hand, or (false) none is any more. */
  busy?: (socket: Socket, isBusy: boolean) => void;
};

export class HttpConnection {
  readonly #socket: Socket;
  readonly #events: ConnectionEvents;
  #waiting: Exchange[] = [];
  #current: ServerResponse | undefined;
  #error: ApiError | undefined;
  #isPaused = false;

  constructor(socket: Socket, events: ConnectionEvents) {
    this.#socket = socket;
    this.#events = events;
  }

  receive(...exchange: Exchange): void {
    if (this.#current === undefined) {
      this.#begin(exchange);
      return;
    }
    this.#waiting.push(exchange);
    if (this.#isPaused) return;
    this.#isPaused = true;
    // Not now: Node reads on when it has parsed this request. What came in the same piece (64 KiB) is parsed as well.
    process.nextTick(() => {
      if (this.#isPaused) this.#socket.pause();
    });
  }

  /** Refuses the malformed request, when its turn comes. */
  refuse(apiError: ApiError): void {
    this.#error ??= apiError;
    if (this.#current === undefined) this.#events.refuse(this.#socket, apiError);
    else this.#failMalformed();
  }

  /** Nothing was read or written for a while: cuts a client that does not read its answer, or asks nothing. */
  timeOut(): void {
    const isUnread = this.#current?.writableNeedDrain || this.#current?.writableEnded;
    if (this.#current === undefined || isUnread) this.#socket.destroy();
  }

  #begin(exchange: Exchange): void {
    const [, response] = exchange;
    if (this.#current === undefined) this.#events.busy?.(this.#socket, true);
    this.#current = response;
    response.once('close', () => this.#next());
    this.#events.answer(...exchange);
    if (this.#error) this.#failMalformed();
  }

  /** If the error is in the body of the request in hand: fails that one. */
  #failMalformed(): void {
    const [response, apiError] = [this.#current, this.#error];
    if (response === undefined || apiError === undefined || this.#waiting.length > 0) return;
    // Later: what answers at the end of this turn has done so then.
    setImmediate(() => {
      if (response.req.complete || response.writableEnded || response.destroyed) return;
      response.once('close', () => response.req.destroy()); // else a reader of its body would never end
      this.#events.fail(response, apiError);
    });
  }

  #next(): void {
    const following = this.#waiting.shift();
    if (this.#socket.destroyed) return;
    if (following) this.#begin(following);
    else this.#current = undefined;
    if (this.#waiting.length > 0) return;
    if (following === undefined && this.#error) {
      this.#events.refuse(this.#socket, this.#error);
      return;
    }
    if (following === undefined) this.#events.busy?.(this.#socket, false);
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#socket.resume();
  }
}
