// A worker's response on its way to the client.
//
//   a small one of known length is held until it is whole: if it does not come whole, nothing was sent back yet,
//   and the request can go to another worker, or be answered with 502
//   any other is passed on piece by piece, no faster than the client takes it

import type { ServerResponse } from 'node:http';
import type { Dispatcher } from 'undici';
import { endWith } from '../../runtime/http/one-piece.ts';
import { type Headers, passedOn } from './headers.ts';

/** Responses of up to so many bytes are held. */
const HELD = 64 * 1024;

export class RelayedResponse {
  readonly isHeld: boolean;
  readonly status: number;
  readonly #headers: Headers;
  readonly #response: ServerResponse;
  readonly #pieces: Buffer[] = [];

  constructor(response: ServerResponse, status: number, headers: Headers) {
    this.status = status;
    this.isHeld = Number(headers['content-length']) <= HELD;
    this.#response = response;
    this.#headers = passedOn(headers);
    if (status === 204) delete this.#headers['content-length']; // RFC 9110, 8.6: there is nothing to count
    if (!this.isHeld) this.#begin();
  }

  add(piece: Buffer, worker: Dispatcher.DispatchController): void {
    if (this.isHeld) {
      this.#pieces.push(piece);
    } else if (!this.#response.write(piece)) {
      worker.pause();
      this.#response.once('drain', () => worker.resume());
    }
  }

  /** The last piece has been added. */
  end(): void {
    if (!this.isHeld) return void this.#response.end();
    this.#begin();
    endWith(this.#response, this.#pieces);
  }

  #begin(): void {
    // With Node's own reason phrase: nobody reads a worker's (RFC 9112, 4), and one that is not Latin-1 could not be written.
    this.#response.writeHead(this.status, this.#headers);
  }
}
