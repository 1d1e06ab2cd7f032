// Reads JSON (RFC 8259) from its bytes, token by token, without making objects: an export of a hundred thousand spans leaves
// no garbage, and integers keep all their digits. What is no JSON throws Malformed.

import { Malformed } from './wire.ts';

/** How a text, an object and a list begin; an object and a list end with the sign that is 2 further on. */
export const QUOTE = 0x22;
export const OBJECT = 0x7b;
export const LIST = 0x5b;
const [BACKSLASH, COMMA, COLON, MINUS] = [0x5c, 0x2c, 0x3a, 0x2d];
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const LITERALS = ['null', 'true', 'false'];
const ESCAPES = new Map(
  [...'"\\/bfnrt'].map((sign, index) => [sign.charCodeAt(0), '"\\/\b\f\n\r\t'.charCodeAt(index)]),
);
const TWO_32 = 2 ** 32;

/** A place in a text of JSON; every method reads from `at` on, and leaves `at` behind what it read. */
export class JsonReader {
  readonly bytes: Buffer;
  at = 0;
  /** The last integer, without its sign, in halves of 32 bits. */
  low = 0;
  high = 0;
  nameFrom = 0;
  nameEnd = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  /** The byte that comes next, after white space; -1 at the end. */
  peek(): number {
    for (; ; this.at++) {
      const byte = this.bytes[this.at] ?? -1;
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return byte;
    }
  }

  /** Takes `byte`, which must come next. */
  take(byte: number): void {
    if (this.peek() !== byte) throw this.unexpected();
    this.at++;
  }

  /** Takes the beginning of an object or list; false if it is empty, which is then taken whole. */
  open(kind: typeof OBJECT | typeof LIST): boolean {
    this.take(kind);
    const isEmpty = this.peek() === kind + 2;
    if (isEmpty) this.at++;
    return !isEmpty;
  }

  /** Takes a comma (true), or the end of an object or list (false). */
  more(kind: typeof OBJECT | typeof LIST): boolean {
    const byte = this.peek();
    if (byte !== COMMA && byte !== kind + 2) throw this.unexpected();
    this.at++;
    return byte === COMMA;
  }

  /** Takes null, if it comes next. */
  isNull(): boolean {
    return this.peek() === 0x6e && this.literal() === null;
  }

  /** Takes null, true or false; undefined if none of them comes next. */
  literal(): null | boolean | undefined {
    const first = this.peek();
    const word = LITERALS.find((each) => each.charCodeAt(0) === first);
    if (word === undefined) return undefined;
    if (this.bytes.toString('latin1', this.at, this.at + word.length) !== word) throw this.unexpected();
    this.at += word.length;
    return JSON.parse(word) as null | boolean;
  }

  /** Takes a text and writes it, as UTF-8, to `into` from `to` on; returns where it ends. */
  text(into: Uint8Array, to: number): number {
    this.take(QUOTE);
    const { bytes } = this;
    let at = this.at;
    let end = to;
    for (;;) {
      const byte = bytes[at++] ?? 0;
      if (byte === QUOTE) break;
      if (byte === BACKSLASH) {
        this.at = at;
        end = this.#escape(into, end);
        at = this.at;
      } else {
        if (byte < 0x20) throw new Malformed('JSON: a text is not closed, or has a control character');
        into[end++] = byte;
      }
    }
    this.at = at;
    return end;
  }

  /** What stands behind a backslash. */
  #escape(into: Uint8Array, to: number): number {
    const sign = this.bytes[this.at++] ?? 0;
    const simple = ESCAPES.get(sign);
    if (simple !== undefined) {
      into[to] = simple;
      return to + 1;
    }
    if (sign !== 0x75) throw new Malformed('JSON: an unknown escape');
    let text = String.fromCharCode(this.#codeUnit());
    // The second half of a pair, if it follows.
    if (/[\ud800-\udbff]/.test(text) && this.bytes.toString('latin1', this.at, this.at + 2) === '\\u') {
      this.at += 2;
      text += String.fromCharCode(this.#codeUnit());
    }
    const encoded = Buffer.from(text);
    into.set(encoded, to);
    return to + encoded.length;
  }

  #codeUnit(): number {
    const digits = this.bytes.toString('latin1', this.at, this.at + 4);
    if (!/^[0-9a-f]{4}$/i.test(digits)) throw new Malformed('JSON: \\u takes four hexadecimal digits');
    this.at += 4;
    return Number.parseInt(digits, 16);
  }

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
      if (high >= TWO_32) throw new Malformed('JSON: a whole number of more than 64 bits');
      this.at++;
    }
    if (this.at === from || (bytes[from] === 0x30 && this.at > from + 1 && !isQuoted)) throw this.unexpected();
    if (isQuoted && bytes[this.at++] !== QUOTE) throw new Malformed('JSON: not a whole number');
    this.low = low;
    this.high = high;
    return isNegative;
  }

  /** Takes a number. */
  number(): number {
    this.peek();
    NUMBER.lastIndex = 0;
    const [text = ''] = NUMBER.exec(this.bytes.toString('latin1', this.at, this.at + 400)) ?? [];
    if (text === '') throw this.unexpected();
    this.at += text.length;
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
      if (levels === 0) throw new Malformed('JSON: nested too deep');
      if (!this.open(first)) return;
      do {
        if (first === OBJECT) this.name();
        this.skip(levels - 1);
      } while (this.more(first));
    } else if (first === QUOTE) this.text(this.bytes, this.at);
    else if (this.literal() === undefined) this.number();
  }

  unexpected(): Malformed {
    const sign = this.bytes.toString('latin1', this.at, this.at + 1);
    return new Malformed(`JSON: unexpected ${sign === '' ? 'end' : JSON.stringify(sign)} at byte ${this.at}`);
  }
}

/** The hash of a name (0 before its first byte) with one byte more. */
export function nextHash(hash: number, byte: number): number {
  return (hash * 31 + byte) | 0;
}
