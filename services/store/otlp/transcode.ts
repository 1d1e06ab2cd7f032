// The JSON that OpenTelemetry's SDKs write, to protobuf from bytes to bytes, without objects between them: 7 µs a span,
// where JSON.parse alone takes 9 and all of encodeParsed (encode.ts) 34. All services of the lab send such JSON.
//
// Returns undefined for what they do not write (white space, snake_case, unknown names, null, \u, enums by name, base64), and for
// what is malformed: encodeParsed reads the former and reports the latter.

import { MAX_DEPTH } from './check.ts';
import { type Field, type Message, nextHash } from './message.ts';
import { Writer } from './writer.ts';

const [QUOTE, COMMA, MINUS, ZERO, COLON, LIST, BACKSLASH, END_OF_LIST, OBJECT, END_OF_OBJECT] = [
  0x22, 0x2c, 0x2d, 0x30, 0x3a, 0x5b, 0x5c, 0x5d, 0x7b, 0x7d,
] as const;
const TWO_32 = 2 ** 32;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const MAX_NUMBER_LENGTH = 32;
/** By the byte behind a backslash; 0 for others. */
const ESCAPES = bytesFor('"\\/bfnrt', (index) => '"\\/\b\f\n\r\t'.charCodeAt(index));
/** By the digit's byte, its value and 1; 0 for others. */
const HEX = bytesFor('0123456789abcdef', (index) => index + 1);

/** Thrown where the other way must be taken. */
const UNUSUAL = new Error('JSON that an SDK does not write');

/** The bytes of `json` as `message`; undefined where it is not JSON as an SDK writes it. */
export function transcode(message: Message, json: Buffer): Buffer | undefined {
  const transcoding = new Transcoding(json);
  try {
    return transcoding.whole(message);
  } catch (error) {
    if (error === UNUSUAL) return undefined;
    throw error;
  }
}

class Transcoding {
  readonly #json: Buffer;
  readonly #to: Writer;
  #at = 0;
  /** The last integer, without its sign, in halves of 32 bits. */
  #low = 0;
  #high = 0;

  constructor(json: Buffer) {
    this.#json = json;
    this.#to = new Writer(json.length); // whatever comes has a name or a bracket in JSON, so protobuf is never longer
  }

  whole(message: Message): Buffer {
    this.#message(message, 0);
    if (this.#at !== this.#json.length) throw UNUSUAL;
    return this.#to.written();
  }

  #message(message: Message, depth: number): void {
    if (depth > MAX_DEPTH) throw UNUSUAL;
    this.#take(OBJECT);
    if (this.#isNext(END_OF_OBJECT)) return;
    do {
      const field = this.#name(message);
      if (field.list) {
        this.#take(LIST);
        if (this.#isNext(END_OF_LIST)) continue;
        do this.#field(field, depth);
        while (this.#isNext(COMMA));
        this.#take(END_OF_LIST);
      } else {
        const before = this.#to.at;
        this.#field(field, depth);
        if (field.always && this.#to.at === before + 2) this.#to.at = before; // empty
      }
    } while (this.#isNext(COMMA));
    this.#take(END_OF_OBJECT);
  }

  #field({ type, tag }: Field, depth: number): void {
    const to = this.#to;
    to.varint(tag);
    if (typeof type === 'object') {
      const start = to.open();
      this.#message(type, depth + 1);
      to.close(start);
    } else if (type === 'string') {
      this.#text();
    } else if (type === 'traceId' || type === 'spanId') {
      this.#id(type === 'traceId' ? 16 : 8);
    } else if (type === 'fixed64') {
      this.#unsigned(2 ** 64);
      to.fixed32(this.#low);
      to.fixed32(this.#high);
    } else if (type === 'int64') {
      this.#int64();
    } else if (type === 'fixed32') {
      this.#unsigned(TWO_32);
      to.fixed32(this.#low);
    } else if (type === 'double') {
      to.double(this.#number());
    } else if (type === 'bool') {
      to.varint(this.#boolean());
    } else if (type === 'bytes') {
      throw UNUSUAL;
    } else {
      this.#unsigned(type === 'uint32' ? TWO_32 : 2 ** 31); // else an enum
      to.varint(this.#low);
    }
  }

  #take(byte: number): void {
    if (this.#json[this.#at++] !== byte) throw UNUSUAL;
  }

  #isNext(byte: number): boolean {
    const isNext = this.#json[this.#at] === byte;
    if (isNext) this.#at++;
    return isNext;
  }

  /** A member's name and its colon: by its hash, so that no text is made of it. */
  #name({ hashes }: Message): Field {
    this.#take(QUOTE);
    const json = this.#json;
    const from = this.#at;
    let [at, hash] = [from, 0];
    let byte = json[at] as number;
    while (byte > QUOTE) {
      hash = nextHash(hash, byte);
      byte = json[++at] as number;
    }
    const found = hashes.get(hash);
    if (found?.name.length !== at - from) throw UNUSUAL;
    for (let index = from; index < at; index++) if (json[index] !== found.name[index - from]) throw UNUSUAL;
    this.#at = at;
    this.#take(QUOTE);
    this.#take(COLON);
    return found.field;
  }

  #text(): void {
    this.#take(QUOTE);
    const [json, { bytes }] = [this.#json, this.#to];
    const start = this.#to.open();
    let [at, end] = [this.#at, start];
    for (let byte = json[at++]; byte !== QUOTE; byte = json[at++]) {
      if (byte === BACKSLASH) byte = ESCAPES[json[at++] as number] as number;
      else if (byte === undefined || byte < 0x20) throw UNUSUAL;
      if (!byte) throw UNUSUAL;
      bytes[end++] = byte;
    }
    this.#at = at;
    this.#to.at = end;
    this.#to.close(start);
  }

  /** An id of `size` bytes in hexadecimal. */
  #id(size: number): void {
    this.#take(QUOTE);
    const { bytes } = this.#to;
    const start = this.#to.open();
    for (; this.#to.at < start + size; this.#to.at++) {
      const upper = HEX[this.#json[this.#at++] as number] as number;
      const lower = HEX[this.#json[this.#at++] as number] as number;
      if (!upper || !lower) throw UNUSUAL;
      bytes[this.#to.at] = (upper - 1) * 16 + lower - 1;
    }
    this.#take(QUOTE);
    this.#to.close(start);
  }

  #boolean(): number {
    const word = this.#isNext(0x74) ? 'rue' : 'false';
    for (let index = 0; index < word.length; index++) this.#take(word.charCodeAt(index));
    return word === 'rue' ? 1 : 0;
  }

  #number(): number {
    NUMBER.lastIndex = 0;
    const [text] = NUMBER.exec(this.#json.toString('latin1', this.#at, this.#at + MAX_NUMBER_LENGTH)) ?? [];
    if (text === undefined) throw UNUSUAL;
    this.#at += text.length;
    return Number(text);
  }

  /** A whole number from 0 to below `bound`. */
  #unsigned(bound: number): void {
    if (this.#integer() || this.#high * TWO_32 + this.#low >= bound) throw UNUSUAL;
  }

  #int64(): void {
    const isNegative = this.#integer();
    const [low, high] = [this.#low, this.#high];
    if (high >= 2 ** 31) throw UNUSUAL;
    if (isNegative) this.#to.varint(-low >>> 0, (low === 0 ? -high : ~high) >>> 0);
    else this.#to.varint(low, high);
  }

  /** Takes a whole number, bare or in quotes, into `low` and `high`; returns whether it is negative. */
  #integer(): boolean {
    const isQuoted = this.#isNext(QUOTE);
    const isNegative = this.#isNext(MINUS);
    const from = this.#at;
    let [low, high, at] = [0, 0, from];
    for (let digit = (this.#json[at] as number) - ZERO; digit >= 0 && digit <= 9; ) {
      low = low * 10 + digit;
      const carry = Math.floor(low / TWO_32);
      low -= carry * TWO_32;
      high = high * 10 + carry;
      if (high >= TWO_32) throw UNUSUAL;
      digit = (this.#json[++at] as number) - ZERO;
    }
    if (at === from || (this.#json[from] === ZERO && at > from + 1 && !isQuoted)) throw UNUSUAL;
    this.#at = at;
    if (isQuoted) this.#take(QUOTE);
    this.#low = low;
    this.#high = high;
    return isNegative;
  }
}

function bytesFor(signs: string, value: (index: number) => number): Uint8Array {
  const bytes = new Uint8Array(256);
  for (const [index, sign] of [...signs].entries()) bytes[sign.charCodeAt(0)] = value(index);
  return bytes;
}
