// Names and numbers of JSON: names by a hash, so that no text is made of them, and integers with all their digits.

import { OtlpFormatError } from '../../../traces/otlp/read-json.ts';
import { BACKSLASH, COLON, JsonTokens, LIST, OBJECT, QUOTE } from './json-tokens.ts';

const MINUS = 0x2d;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
/** What a number is made of, by its code. */
const IN_NUMBER = Array.from({ length: 256 }, (_, code) => '+-.0123456789eE'.includes(String.fromCharCode(code)));
const TWO_32 = 2 ** 32;

/** Reads a text of JSON, which it spoils: names are unescaped in place. */
export class JsonReader extends JsonTokens {
  /** The last integer, without its sign, in halves of 32 bits. */
  low = 0;
  high = 0;
  /** Where the last name stands. */
  nameFrom = 0;
  nameEnd = 0;

  /** Takes a whole number, bare or in quotes, into `low` and `high`; returns whether it is negative. */
  integer(): boolean {
    const { bytes } = this;
    const isQuoted = this.peek() === QUOTE;
    if (isQuoted) this.at++;
    const isNegative = bytes[this.at] === MINUS;
    if (isNegative) this.at++;
    const from = this.at;
    let [low, high] = [0, 0];
    for (;;) {
      const digit = (bytes[this.at] ?? 0) - 0x30;
      if (digit < 0 || digit > 9) break;
      low = low * 10 + digit;
      const carry = Math.floor(low / TWO_32);
      low -= carry * TWO_32;
      high = high * 10 + carry;
      if (high >= TWO_32) throw new OtlpFormatError('JSON: a whole number of more than 64 bits');
      this.at++;
    }
    if (this.at === from || (bytes[from] === 0x30 && this.at > from + 1 && !isQuoted)) throw this.unexpected();
    if (isQuoted && bytes[this.at++] !== QUOTE) throw new OtlpFormatError('JSON: not a whole number');
    this.low = low;
    this.high = high;
    return isNegative;
  }

  /** Takes a number. */
  number(): number {
    this.peek();
    let end = this.at;
    while (IN_NUMBER[this.bytes[end] ?? 0]) end++;
    const text = this.bytes.toString('latin1', this.at, end);
    if (!NUMBER.test(text)) throw this.unexpected();
    this.at = end;
    return Number(text);
  }

  /** Takes a name and its colon; leaves it between `nameFrom` and `nameEnd`, and returns its hash. */
  name(): number {
    this.take(QUOTE);
    const { bytes } = this;
    const from = this.at;
    let hash = 0;
    let at = from;
    for (let byte = bytes[at] ?? 0; byte !== QUOTE; byte = bytes[++at] ?? 0) {
      if (byte < 0x20 || byte === BACKSLASH) return this.#escapedName();
      hash = nextHash(hash, byte);
    }
    this.at = at + 1;
    return this.#named(hash, from, at);
  }

  #escapedName(): number {
    this.at--; // its quote
    const from = this.at;
    const end = this.text(this.bytes, from); // over what has been read: nothing grows when it is unescaped
    return this.#named(this.bytes.subarray(from, end).reduce(nextHash, 0), from, end);
  }

  #named(hash: number, from: number, end: number): number {
    this.take(COLON);
    this.nameFrom = from;
    this.nameEnd = end;
    return hash;
  }

  /** Passes over a value of any kind, at most `levels` deep. */
  skip(levels: number): void {
    const first = this.peek();
    if (first === OBJECT || first === LIST) {
      if (levels === 0) throw new OtlpFormatError('JSON: nested too deep');
      if (!this.open(first)) return;
      do {
        if (first === OBJECT) this.name();
        this.skip(levels - 1);
      } while (this.more(first));
    } else if (first === QUOTE) this.text(this.bytes, this.at);
    else if (this.literal() === undefined) this.number();
  }
}

/** The hash of a name (0 before its first byte) with one byte more. */
export function nextHash(hash: number, byte: number): number {
  return (hash * 31 + byte) | 0;
}
