// OTLP's JSON to protobuf, the one form in which spans are kept: from bytes to bytes, without objects between them.
// https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding

import { MAX_DEPTH } from './check.ts';
import { JsonReader, LIST, OBJECT, QUOTE } from './json.ts';
import type { Field, Message, Scalar } from './messages.ts';
import { Malformed } from './wire.ts';
import { Writer } from './writer.ts';

/**
 * The bytes of `json` as `message`. Names that it does not know are passed over; what is no JSON, or not what the message
 * says, throws Malformed. `json` is spoilt: texts are unescaped in place.
 */
export function encode(message: Message, json: Buffer): Buffer {
  const from = new JsonReader(json);
  const to = new Writer(json.length); // whatever comes has a name or a bracket in JSON, so protobuf is never longer
  writeMessage(from, to, message, 0);
  if (from.peek() !== -1) throw from.unexpected();
  return to.written();
}

/** The bytes of an object as `message`. */
export function encodeObject(message: Message, object: object): Buffer {
  return encode(message, Buffer.from(JSON.stringify(object)));
}

function writeMessage(from: JsonReader, to: Writer, message: Message, depth: number): void {
  if (depth > MAX_DEPTH) throw new Malformed(`${message.name}: nested deeper than ${MAX_DEPTH} messages`);
  if (!from.open(OBJECT)) return;
  do {
    const field = message.named(from.name(), from.bytes, from.nameFrom, from.nameEnd);
    if (field === undefined) from.skip(MAX_DEPTH);
    else if (field.mayBeNull && from.isNull()) continue;
    else if (field.list) writeList(from, to, field, depth);
    else {
      const before = to.at;
      writeField(from, to, field, depth);
      if (field.always && to.at === before + 2) to.at = before; // an empty one says nothing
    }
  } while (from.more(OBJECT));
}

function writeList(from: JsonReader, to: Writer, field: Field, depth: number): void {
  if (!from.open(LIST)) return;
  do {
    if (!from.isNull()) writeField(from, to, field, depth);
    else {
      to.varint(field.tag);
      to.varint(0);
    }
  } while (from.more(LIST));
}

function writeField(from: JsonReader, to: Writer, { name, type, tag }: Field, depth: number): void {
  to.varint(tag);
  if (typeof type === 'object') {
    const start = to.open();
    writeMessage(from, to, type, depth + 1);
    to.close(start);
  } else {
    writeScalar(from, to, type, name);
  }
}

function writeScalar(from: JsonReader, to: Writer, type: Scalar, name: string): void {
  switch (type) {
    case 'string': {
      const start = to.open();
      to.at = from.text(to.bytes, start);
      to.close(start);
      break;
    }
    case 'bytes':
      writeBase64(from, to, name);
      break;
    case 'traceId':
      writeId(from, to, 16, name);
      break;
    case 'spanId':
      writeId(from, to, 8, name);
      break;
    case 'fixed64':
      inRange(!from.integer(), name);
      to.fixed32(from.low);
      to.fixed32(from.high);
      break;
    case 'fixed32':
      inRange(!from.integer() && from.high === 0, name);
      to.fixed32(from.low);
      break;
    case 'uint32':
      inRange(!from.integer() && from.high === 0, name);
      to.varint(from.low);
      break;
    case 'int64': {
      const isNegative = from.integer();
      inRange(from.high < 2 ** 31 || (isNegative && from.high === 2 ** 31 && from.low === 0), name);
      to.signed(from.low, from.high, isNegative);
      break;
    }
    case 'enum':
      writeEnum(from, to, name);
      break;
    case 'double':
      to.double(from.peek() === QUOTE ? doubleIn(textOf(from, to), name) : from.number());
      break;
    case 'bool': {
      const value = from.literal();
      if (typeof value !== 'boolean') throw new Malformed(`${name}: neither true nor false`);
      to.varint(value ? 1 : 0);
    }
  }
}

/** An id in hexadecimal; an empty one is none. */
function writeId(from: JsonReader, to: Writer, size: number, name: string): void {
  const start = to.open();
  const length = from.text(to.bytes, start) - start;
  if (length !== 0 && length !== size * 2) throw new Malformed(`${name}: an id of another length`);
  for (; to.at < start + length / 2; to.at++) {
    const digits = start + (to.at - start) * 2;
    const upper = HEX[to.bytes[digits] as number] as number;
    const lower = HEX[to.bytes[digits + 1] as number] as number;
    if (upper < 0 || lower < 0) throw new Malformed(`${name}: not hexadecimal`);
    to.bytes[to.at] = upper * 16 + lower;
  }
  to.close(start);
}

/** What each ASCII sign is as a hexadecimal digit; -1 for none. */
const HEX = Int8Array.from({ length: 256 }, (_, code) =>
  '0123456789abcdef'.indexOf(String.fromCharCode(code).toLowerCase()),
);

function writeBase64(from: JsonReader, to: Writer, name: string): void {
  const start = to.open();
  const text = textOf(from, to);
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) throw new Malformed(`${name}: not base64`);
  to.at = start + to.bytes.write(text, start, 'base64');
  to.close(start);
}

/** OTLP writes enums as numbers; their names, which protobuf's own JSON uses, are understood too. */
function writeEnum(from: JsonReader, to: Writer, name: string): void {
  if (from.peek() === QUOTE) {
    const number = ENUMS.get(textOf(from, to));
    if (number === undefined) throw new Malformed(`${name}: an unknown name`);
    to.varint(number);
    return;
  }
  const isNegative = from.integer();
  inRange(from.high === 0 && (from.low < 2 ** 31 || (isNegative && from.low === 2 ** 31)), name);
  to.signed(from.low, from.high, isNegative);
}

const ENUMS = new Map<string, number>([
  ...['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'].map(
    (kind, number) => [`SPAN_KIND_${kind}`, number] as const,
  ),
  ...['UNSET', 'OK', 'ERROR'].map((code, number) => [`STATUS_CODE_${code}`, number] as const),
]);

function doubleIn(text: string, name: string): number {
  const number = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isNaN(number) && text !== 'NaN') throw new Malformed(`${name}: not a number`);
  return number;
}

/** Takes a short text; the writer's room is used for it, and nothing written. */
function textOf(from: JsonReader, to: Writer): string {
  return to.bytes.toString('utf8', to.at, from.text(to.bytes, to.at));
}

function inRange(isInRange: boolean, name: string): void {
  if (!isInRange) throw new Malformed(`${name}: out of range`);
}
