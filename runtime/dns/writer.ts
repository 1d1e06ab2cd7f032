// Writes the parts of a DNS message to bytes, a name that was written before as a pointer to it (RFC 1035, 4.1.4):
//
//   12: 3 w w w 5 t a t i s 4 t e s t 0      …      40: 3 f t p 192 16      "ftp", then what stands at 16
//
// dns-packet has no compression; without it an answer with twenty addresses of one name would not fit a datagram.

import { labelsOf, parentOf } from '../../otel/propagation/dns-name.ts';

const POINTER = 0xc000;
const MAX_POINTER = 0x3fff;

export class Writer {
  #bytes = Buffer.allocUnsafe(512);
  #length = 0;
  readonly #names = new Map<string, number>();

  /** Where the next byte goes. */
  get length(): number {
    return this.#length;
  }

  /** What was written, from `start` on. */
  bytes(start = 0): Buffer {
    return this.#bytes.subarray(start, this.#length);
  }

  uint8(value: number): void {
    this.#length = this.#room(1).writeUInt8(value, this.#length);
  }

  uint16(value: number): void {
    this.#length = this.#room(2).writeUInt16BE(value, this.#length);
  }

  uint32(value: number): void {
    this.#length = this.#room(4).writeUInt32BE(value, this.#length);
  }

  raw(bytes: Uint8Array): void {
    this.#room(bytes.length).set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** A length in one byte, then the bytes (a `<character-string>`, also a label). */
  string(bytes: Uint8Array): void {
    this.uint8(bytes.length);
    this.raw(bytes);
  }

  /** A name: as labels as far as it is new, then a pointer to where its rest stands already. */
  name(name: string): void {
    let rest = name;
    for (const label of labelsOf(name)) {
      const known = this.#names.get(rest);
      if (known !== undefined) {
        this.uint16(POINTER | known);
        return;
      }
      if (this.#length <= MAX_POINTER) this.#names.set(rest, this.#length);
      this.string(label);
      rest = parentOf(rest) ?? '.';
    }
    this.uint8(0);
  }

  /** What `write` writes, with its length in two bytes before it. */
  sized(write: () => void): void {
    const at = this.#length;
    this.uint16(0);
    write();
    this.#bytes.writeUInt16BE(this.#length - at - 2, at);
  }

  #room(more: number): Buffer {
    if (this.#length + more > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(2 * (this.#length + more));
      this.#bytes.copy(larger);
      this.#bytes = larger;
    }
    return this.#bytes;
  }
}
