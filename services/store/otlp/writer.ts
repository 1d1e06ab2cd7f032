// Writes protobuf's values. A nested message's length stands in front of it: one byte is left for it, and a message of more
// than 127 bytes is moved up when it ends.

/** A buffer that is filled from its beginning; `size` must be large enough for all of it. */
export class Writer {
  readonly bytes: Buffer;
  at = 0;

  constructor(size: number) {
    this.bytes = Buffer.allocUnsafe(size);
  }

  written(): Buffer {
    return this.bytes.subarray(0, this.at);
  }

  /** A varint, given in halves of 32 bits. */
  varint(low: number, high = 0): void {
    let [lower, upper] = [low, high];
    while (upper > 0 || lower > 127) {
      this.bytes[this.at++] = (lower & 0x7f) | 0x80;
      lower = ((lower >>> 7) | (upper << 25)) >>> 0;
      upper >>>= 7;
    }
    this.bytes[this.at++] = lower;
  }

  int64(value: bigint): void {
    const unsigned = BigInt.asUintN(64, value);
    this.varint(Number(unsigned & 0xffffffffn), Number(unsigned >> 32n));
  }

  fixed32(value: number): void {
    this.bytes[this.at++] = value;
    this.bytes[this.at++] = value >>> 8;
    this.bytes[this.at++] = value >>> 16;
    this.bytes[this.at++] = value >>> 24;
  }

  fixed64(value: bigint): void {
    this.at = this.bytes.writeBigUInt64LE(value, this.at);
  }

  double(value: number): void {
    this.at = this.bytes.writeDoubleLE(value, this.at);
  }

  text(value: string, encoding: BufferEncoding): void {
    const start = this.open();
    this.at += this.bytes.write(value, start, encoding);
    this.close(start);
  }

  /** Leaves room for a length; returns where that begins of which it is the length. */
  open(): number {
    this.at++;
    return this.at;
  }

  /** Ends what began at `from`, and writes its length in front of it. */
  close(from: number): void {
    const length = this.at - from;
    const more = length < 2 ** 7 ? 0 : length < 2 ** 14 ? 1 : length < 2 ** 21 ? 2 : length < 2 ** 28 ? 3 : 4;
    if (more > 0) this.bytes.copyWithin(from + more, from, this.at);
    this.at = from - 1;
    this.varint(length);
    this.at += length;
  }
}
