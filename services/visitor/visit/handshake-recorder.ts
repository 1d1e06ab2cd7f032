// Records a TLS handshake as it passes over its connection: the first record of each side, and the round trips.

import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

/** The length of a TLS record's header: type, version, length (RFC 8446, 5.1); and that of the longest record. */
const HEADER = 5;
const MAX_RECORD = HEADER + 2 ** 14;

/** `socket` as a stream that records the first bytes of both directions: Node does not expose what TLS sends. */
export class HandshakeRecorder extends Duplex {
  readonly sent = new FirstRecord();
  readonly received = new FirstRecord();
  /** How often bytes were received after bytes were sent. */
  roundTrips = 0;
  #hasSent = false;
  readonly #socket: Socket;

  constructor(socket: Socket) {
    super({ allowHalfOpen: false });
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      if (this.#hasSent) this.roundTrips += 1;
      this.#hasSent = false;
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
    this.#hasSent = true;
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

/** The first TLS record of a stream of bytes; of other bytes, the beginning. */
class FirstRecord {
  #bytes = Buffer.alloc(0);

  add(chunk: Buffer): void {
    if (this.#bytes.length < this.#length) this.#bytes = Buffer.concat([this.#bytes, chunk]);
  }

  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  get #length(): number {
    return this.#bytes.length < HEADER ? HEADER : Math.min(HEADER + this.#bytes.readUInt16BE(3), MAX_RECORD);
  }
}
