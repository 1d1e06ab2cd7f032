// Listens in on a connection while hands are shaken: the first record of each side, and how often it goes there and back.

import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

/** The head of a TLS record: type, version, length (RFC 8446, 5.1); and the most that it may hold. */
const HEAD = 5;
const MOST = HEAD + 2 ** 14;

/** `socket` as a stream that remembers how what goes over it begins: Node tells nobody what TLS sends. */
export class Tap extends Duplex {
  readonly sent = new FirstRecord();
  readonly received = new FirstRecord();
  /** How often something was sent, and then something came. */
  roundTrips = 0;
  #isAsking = false;
  readonly #socket: Socket;

  constructor(socket: Socket) {
    super({ allowHalfOpen: false });
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      if (this.#isAsking) this.roundTrips += 1;
      this.#isAsking = false;
      this.received.add(chunk);
      if (!this.push(chunk)) socket.pause();
    });
    socket.on('end', () => this.push(null));
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => this.destroy());
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _: string, done: (error?: Error | null) => void): void {
    this.#isAsking = true;
    this.sent.add(chunk);
    this.#socket.write(chunk, done);
  }

  override _final(done: () => void): void {
    this.#socket.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }
}

/** The first TLS record of a stream of bytes; of what is none, its beginning. */
class FirstRecord {
  #bytes = Buffer.alloc(0);

  add(chunk: Buffer): void {
    if (this.#bytes.length < this.#length) this.#bytes = Buffer.concat([this.#bytes, chunk]);
  }

  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  get #length(): number {
    return this.#bytes.length < HEAD ? HEAD : Math.min(HEAD + this.#bytes.readUInt16BE(3), MOST);
  }
}
