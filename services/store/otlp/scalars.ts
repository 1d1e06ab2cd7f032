// The values of JSON to those of protobuf, each as OTLP writes it: ids in hexadecimal, 64-bit integers as decimal strings.

import { OtlpFormatError } from '../../../traces/otlp/read-json.ts';
import type { JsonReader } from './json.ts';
import { HEX, QUOTE } from './json-tokens.ts';
import type { Scalar } from './message.ts';
import type { Writer } from './writer.ts';

/** Reads a value of `type`, and writes it; `name` stands in the error. */
export function writeScalar(from: JsonReader, to: Writer, type: Scalar, name: string): void {
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
      if (typeof value !== 'boolean') throw new OtlpFormatError(`${name}: neither true nor false`);
      to.varint(value ? 1 : 0);
    }
  }
}

/** An id in hexadecimal; an empty one is none. */
function writeId(from: JsonReader, to: Writer, size: number, name: string): void {
  const start = to.open();
  const length = from.text(to.bytes, start) - start;
  if (length !== 0 && length !== size * 2) throw new OtlpFormatError(`${name}: an id of another length`);
  for (; to.at < start + length / 2; to.at++) {
    const digits = start + (to.at - start) * 2;
    const upper = HEX[to.bytes[digits] as number] as number;
    const lower = HEX[to.bytes[digits + 1] as number] as number;
    if (upper < 0 || lower < 0) throw new OtlpFormatError(`${name}: not hexadecimal`);
    to.bytes[to.at] = upper * 16 + lower;
  }
  to.close(start);
}

function writeBase64(from: JsonReader, to: Writer, name: string): void {
  const start = to.open();
  const text = textOf(from, to);
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) throw new OtlpFormatError(`${name}: not base64`);
  to.at = start + to.bytes.write(text, start, 'base64');
  to.close(start);
}

/** OTLP writes enums as numbers; their names, which protobuf's own JSON uses, are understood too. */
function writeEnum(from: JsonReader, to: Writer, name: string): void {
  if (from.peek() === QUOTE) {
    const number = ENUMS.get(textOf(from, to));
    if (number === undefined) throw new OtlpFormatError(`${name}: an unknown name`);
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
  if (Number.isNaN(number) && text !== 'NaN') throw new OtlpFormatError(`${name}: not a number`);
  return number;
}

/** Takes a short text; the writer's room is used for it, and nothing written. */
function textOf(from: JsonReader, to: Writer): string {
  return to.bytes.toString('utf8', to.at, from.text(to.bytes, to.at));
}

function inRange(isInRange: boolean, name: string): void {
  if (!isInRange) throw new OtlpFormatError(`${name}: out of range`);
}
