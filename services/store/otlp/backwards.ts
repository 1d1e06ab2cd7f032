// Writes protobuf's values from the end of a buffer to its beginning.

import { LENGTH } from './wire.ts';

/** Texts below this length are written by JavaScript itself. */
const SHORT = 100;

/** A buffer that is filled from its end; what is written stands in front of what was written before. */
export class Backwards {
  #bytes: Buffer;
  /** Where the last written value starts, counted from the end of the buffer, so that it stays right when the buffer grows. */
  at = 0;

  constructor(size: number) {
    this.#bytes = Buffer.allocUnsafe(Math.max(64, size));
  }

  written(): Buffer {
    return this.#bytes.subarray(this.#bytes.length - this.at);
  }

  /** How many bytes were written since `at` was `then`. */
  from(then: number): number {
    return this.at - then;
  }

  varint(value: number): void {
    let size = 1;
    for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size++;
    let at = this.#room(size);
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.#bytes[at++] = (rest % 128) | 0x80;
    this.#bytes[at] = rest;
  }

  bigVarint(value: bigint): void {
    const bytes: number[] = [];
    let rest = value;
    for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
    bytes.push(Number(rest));
    const at = this.#room(bytes.length);
    this.#bytes.set(bytes, at);
  }

  four(value: number): void {
    const at = this.#room(4);
    this.#bytes.writeUInt32LE(value, at);
  }

  eight(write: (bytes: Buffer, at: number) => void): void {
    const at = this.#room(8);
    write(this.#bytes, at);
  }

  /** The fixed64 that 19 decimal digits, below 9 * 10^18, are; in halves, because BigInt is three times slower. */
  nanoseconds(digits: string): void {
    const fives = Number(digits.slice(0, 9)) * 5 ** 10; // of the upper digits times 10^10, without its 2^10: below 2^53
    const rest = (fives % 2 ** 22) * 2 ** 10 + Number(digits.slice(9));
    const at = this.#room(8);
    this.#bytes.writeUInt32LE(rest % 2 ** 32, at);
    this.#bytes.writeUInt32LE(Math.floor(fives / 2 ** 22) + Math.floor(rest / 2 ** 32), at + 4);
  }

  /** `size` bytes in hexadecimal; false if that is not what `text` is. */
  hex(text: string, size: number): boolean {
    const at = this.#room(size);
    return this.#bytes.write(text, at, size, 'hex') === size;
  }

  /** A text as bytes in `encoding`, with its length; returns its wire type. */
  text(text: string, encoding: 'utf8' | 'base64'): number {
    if (encoding === 'utf8' && text.length < SHORT && this.#ascii(text)) return LENGTH;
    const size = encoding === 'base64' ? Buffer.from(text, 'base64').length : Buffer.byteLength(text, encoding);
    const at = this.#room(size);
    this.#bytes.write(text, at, size, encoding);
    this.varint(size);
    return LENGTH;
  }

  /** Writes a short text; false (and nothing written) if it is not all ASCII. Faster than two calls out of JavaScript. */
  #ascii(text: string): boolean {
    const { length } = text;
    const from = this.#room(length);
    for (let index = 0; index < length; index++) {
      const code = text.charCodeAt(index);
      if (code > 127) {
        this.at -= length;
        return false;
      }
      this.#bytes[from + index] = code;
    }
    this.varint(length);
    return true;
  }

  #room(size: number): number {
    const { length } = this.#bytes;
    if (this.at + size > length) {
      const larger = Buffer.allocUnsafe(Math.max(length * 2, length + size));
      this.#bytes.copy(larger, larger.length - this.at, length - this.at);
      this.#bytes = larger;
    }
    this.at += size;
    return this.#bytes.length - this.at;
  }
}
