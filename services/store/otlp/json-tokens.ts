// JSON (RFC 8259) from its bytes, token by token, without making objects. What is no JSON throws OtlpFormatError.

import { OtlpFormatError } from '../../../traces/otlp/read-json.ts';

/** How a text, an object and a list begin; an object and a list end with the sign that is 2 further on. */
export const QUOTE = 0x22;
export const OBJECT = 0x7b;
export const LIST = 0x5b;
export const BACKSLASH = 0x5c;
export const COLON = 0x3a;
const COMMA = 0x2c;
const LITERALS = ['null', 'true', 'false'];
const ESCAPES = new Map(
  [...'"\\/bfnrt'].map((sign, index) => [sign.charCodeAt(0), '"\\/\b\f\n\r\t'.charCodeAt(index)]),
);

/** What each ASCII sign is as a hexadecimal digit; -1 for none. */
export const HEX = Int8Array.from({ length: 256 }, (_, code) =>
  '0123456789abcdef'.indexOf(String.fromCharCode(code).toLowerCase()),
);

/** A place in a text of JSON; every method reads from `at` on, and leaves `at` behind what it read. */
export class JsonTokens {
  readonly bytes: Buffer;
  at = 0;

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
        if (byte < 0x20) throw new OtlpFormatError('JSON: a text is not closed, or has a control character');
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
    if (sign !== 0x75) throw new OtlpFormatError('JSON: an unknown escape');
    const unit = this.#codeUnit();
    if (unit < 0x80) {
      into[to] = unit;
      return to + 1;
    }
    let text = String.fromCharCode(unit);
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
    let unit = 0;
    for (const end = this.at + 4; this.at < end; this.at++) {
      const digit = HEX[this.bytes[this.at] ?? 0] as number;
      if (digit < 0) throw new OtlpFormatError('JSON: \\u takes four hexadecimal digits');
      unit = unit * 16 + digit;
    }
    return unit;
  }

  /** The error of what stands at `at`. */
  unexpected(): OtlpFormatError {
    const sign = this.bytes.toString('latin1', this.at, this.at + 1);
    return new OtlpFormatError(`JSON: unexpected ${sign === '' ? 'end' : JSON.stringify(sign)} at byte ${this.at}`);
  }
}
