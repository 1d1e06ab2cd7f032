// OTLP's JSON to protobuf, the one form in which spans are kept. Written from the end to the beginning,
// because then a message's length is known when it has to be written, in front of it.
// https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding

import { Backwards } from './backwards.ts';
import { MAX_DEPTH } from './check.ts';
import type { Field, Message, Scalar } from './messages.ts';
import { EIGHT_BYTES, FOUR_BYTES, LENGTH, Malformed, VARINT } from './wire.ts';

/** The bytes of `json` as `message`. Names that it does not know are passed over; wrong types throw Malformed. */
export function encode(message: Message, json: unknown, roughSize = 1024): Buffer {
  const backwards = new Backwards(roughSize);
  writeMessage(backwards, message, json, message.name, 0);
  return backwards.written();
}

function writeMessage(to: Backwards, message: Message, json: unknown, name: string, depth: number): void {
  if (depth > MAX_DEPTH) throw new Malformed(`${name}: nested deeper than ${MAX_DEPTH} messages`);
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw expected('an object', name, json);
  const keys = Object.keys(json);
  for (let at = keys.length - 1; at >= 0; at--) {
    const key = keys[at] as string;
    const value = (json as Record<string, unknown>)[key];
    const field = message.byName.get(key);
    if (field === undefined || value === null || value === undefined) continue;
    if (!field.list) {
      writeField(to, field, value, depth);
      continue;
    }
    if (!Array.isArray(value)) throw expected('an array', field.name, value);
    for (let index = value.length - 1; index >= 0; index--) writeField(to, field, value[index] ?? {}, depth);
  }
}

function writeField(to: Backwards, { number, name, type }: Field, value: unknown, depth: number): void {
  if (typeof type === 'object') {
    const end = to.at;
    writeMessage(to, type, value, name, depth + 1);
    to.varint(to.from(end));
    to.varint(number * 8 + LENGTH);
  } else {
    to.varint(number * 8 + WRITERS[type](to, value, name));
  }
}

/** Each writes a value and returns its wire type. */
const WRITERS: Record<Scalar, (to: Backwards, value: unknown, name: string) => number> = {
  string: (to, value, name) => to.text(string(value, name), 'utf8'),
  bytes(to, value, name) {
    const text = string(value, name);
    if (!/^[\w+/-]*={0,2}$/.test(text)) throw new Malformed(`${name}: not base64`);
    return to.text(text, 'base64');
  },
  traceId: (to, value, name) => writeId(to, string(value, name), name, 16),
  spanId: (to, value, name) => writeId(to, string(value, name), name, 8),
  fixed64(to, value, name) {
    if (typeof value === 'string' && NANOSECONDS.test(value)) to.nanoseconds(value);
    else to.eight((bytes, at) => bytes.writeBigUInt64LE(integer(value, name, 0n, 2n ** 64n - 1n), at));
    return EIGHT_BYTES;
  },
  double(to, value, name) {
    const double = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    if (typeof double !== 'number' || (Number.isNaN(double) && value !== 'NaN'))
      throw expected('a number', name, value);
    to.eight((bytes, at) => bytes.writeDoubleLE(double, at));
    return EIGHT_BYTES;
  },
  fixed32(to, value, name) {
    to.four(Number(integer(value, name, 0n, 2n ** 32n - 1n)));
    return FOUR_BYTES;
  },
  uint32(to, value, name) {
    to.varint(Number(integer(value, name, 0n, 2n ** 32n - 1n)));
    return VARINT;
  },
  int64(to, value, name) {
    const small = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
    if (typeof small === 'number' && small >= 0 && Number.isSafeInteger(small)) to.varint(small);
    else to.bigVarint(BigInt.asUintN(64, integer(value, name, -(2n ** 63n), 2n ** 63n - 1n)));
    return VARINT;
  },
  bool(to, value, name) {
    if (typeof value !== 'boolean') throw expected('true or false', name, value);
    to.varint(value ? 1 : 0);
    return VARINT;
  },
  enum(to, value, name) {
    const number = typeof value === 'string' ? (ENUMS[value] ?? value) : value;
    to.varint(Number(integer(number, name, 0n, 2n ** 31n - 1n)));
    return VARINT;
  },
};

/** A time of these centuries, 1970 to 2255: every span has some. */
const NANOSECONDS = /^[1-8]\d{18}$/;

/** OTLP writes enums as numbers; their names, which protobuf's own JSON uses, are understood too. */
const ENUMS: Record<string, number> = Object.fromEntries([
  ...['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'].map((kind, n) => [`SPAN_KIND_${kind}`, n]),
  ...['UNSET', 'OK', 'ERROR'].map((code, n) => [`STATUS_CODE_${code}`, n]),
]);

function string(value: unknown, name: string): string {
  if (typeof value !== 'string') throw expected('a string', name, value);
  return value;
}

function writeId(to: Backwards, id: string, name: string, size: number): number {
  if (id !== '' && (id.length !== size * 2 || !to.hex(id, size))) {
    throw new Malformed(`${name}: length mismatch, or not hexadecimal`);
  }
  to.varint(id === '' ? 0 : size);
  return LENGTH;
}

function integer(value: unknown, name: string, least: bigint, most: bigint): bigint {
  const whole =
    typeof value === 'number' ? Number.isInteger(value) : typeof value === 'string' && /^-?\d{1,20}$/.test(value);
  const number = whole ? BigInt(value as string | number) : undefined;
  if (number === undefined || number < least || number > most) throw expected('a whole number in range', name, value);
  return number;
}

function expected(what: string, name: string, found: unknown): Malformed {
  const kind = Array.isArray(found) ? 'an array' : found === null ? 'null' : `a ${typeof found}`;
  return new Malformed(`${name}: expect ${what}, but found ${kind}`);
}
