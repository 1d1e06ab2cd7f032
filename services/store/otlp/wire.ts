// Protobuf on the wire: a message is fields one after the other, each a tag (number << 3 | type) and a value:
//
//   0 varint   1 eight bytes   2 length, then that number of bytes   5 four bytes      (3 and 4, groups, are not in OTLP)
//
// https://protobuf.dev/programming-guides/encoding/

import { OtlpFormatError } from '../../../traces/otlp/read-json.ts';

export const VARINT = 0;
export const EIGHT_BYTES = 1;
export const LENGTH = 2;
export const FOUR_BYTES = 5;

/** Reads `bytes` from `at` on; every method throws OtlpFormatError rather than read beyond the end. */
export class Wire {
  readonly bytes: Buffer;
  at = 0;
  /** How many messages have been checked since it was set to 0 (check.ts). */
  messages = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  /** A varint as a number; exact up to 2^53. */
  varint(end: number): number {
    const { bytes } = this;
    const first = bytes[this.at] as number;
    if (first < 0x80 && this.at < end) {
      this.at++;
      return first;
    }
    let value = 0;
    let factor = 1;
    for (let count = 0; count < 10; count++) {
      if (this.at >= end) throw truncated();
      const byte = bytes[this.at++] as number;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      factor *= 128;
    }
    throw new OtlpFormatError('proto: integer overflow');
  }

  /** A varint as a signed 64-bit integer. */
  int64(end: number): bigint {
    const from = this.at;
    const value = this.varint(end);
    if (value <= Number.MAX_SAFE_INTEGER) return BigInt(value);
    let exact = 0n;
    for (let at = this.at - 1; at >= from; at--) exact = (exact << 7n) | BigInt((this.bytes[at] as number) & 0x7f);
    return BigInt.asIntN(64, exact);
  }

  /** A varint as a signed 32-bit integer: of a longer one its lower bits, as protobuf says. */
  int32(end: number): number {
    const from = this.at;
    this.varint(end);
    let value = 0;
    for (let at = from; at < this.at && at < from + 5; at++) {
      value |= ((this.bytes[at] as number) & 0x7f) << (7 * (at - from));
    }
    return value;
  }

  /** The length in front of a value; the value then starts at `at` and ends within `end`. */
  length(end: number): number {
    const length = this.varint(end);
    if (length > end - this.at) throw truncated();
    return length;
  }

  /** Passes over a value of wire type `type`. */
  skip(type: number, end: number): void {
    let size: number;
    if (type === VARINT) return void this.varint(end);
    if (type === LENGTH) size = this.length(end);
    else if (type === EIGHT_BYTES) size = 8;
    else if (type === FOUR_BYTES) size = 4;
    else throw new OtlpFormatError(`proto: illegal wireType ${type}`);
    if (this.at + size > end) throw truncated();
    this.at += size;
  }

  /** A tag; throws if its field number is not possible. */
  tag(end: number): number {
    const tag = this.varint(end);
    if (tag < 8 || tag > 0xffffffff) throw new OtlpFormatError(`proto: illegal tag ${tag}`);
    return tag;
  }
}

export function truncated(): OtlpFormatError {
  return new OtlpFormatError('unexpected EOF');
}
