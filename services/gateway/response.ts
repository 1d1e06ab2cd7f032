// A worker's response on its way to the client.
//
//   a small one of known length is buffered until it is complete: if it is cut off, the client has got nothing of it,
//   and the request can be sent to another worker, or answered with 502
//   any other is streamed, no faster than the client reads it

import type { ServerResponse } from 'node:http';
import type { Dispatcher } from 'undici';
import { endToEndHeaders, type Headers } from './headers.ts';

/** The most bytes of a response that is buffered. */
const MAX_BUFFERED = 64 * 1024;

export class RelayedResponse {
  readonly isBuffered: boolean;
  readonly status: number;
  readonly #headers: Headers;
  readonly #response: ServerResponse;
  readonly #pieces: Buffer[] = [];

  constructor(response: ServerResponse, status: number, headers: Headers) {
    this.status = status;
    this.isBuffered = Number(headers['content-length']) <= MAX_BUFFERED;
    this.#response = response;
    this.#headers = endToEndHeaders(headers);
    if (status === 204) delete this.#headers['content-length']; // RFC 9110, 8.6
    if (!this.isBuffered) this.#writeHead();
  }

  write(piece: Buffer, worker: Dispatcher.DispatchController): void {
    if (this.isBuffered) {
      this.#pieces.push(piece);
    } else if (!this.#response.write(piece)) {
      worker.pause();
      this.#response.once('drain', () => worker.resume());
    }
  }

  /** The last piece has been written. */
  end(): void {
    if (!this.isBuffered) return void this.#response.end();
    this.#writeHead();
    this.#response.end(Buffer.concat(this.#pieces));
  }

  #writeHead(): void {
    // With Node's own reason phrase: clients ignore it (RFC 9112, 4), and one that is not Latin-1 cannot be written.
    this.#response.writeHead(this.status, this.#headers);
  }
}
