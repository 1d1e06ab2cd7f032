// Reads OTLP's JSON as a collector does, for the store's receiver and for the page's opened files: pure, a browser runs it too.
//
//   enums             by number or by name (SPAN_KIND_SERVER)
//   64-bit integers   as decimal strings or numbers; numbers keep all their digits
//   ids               hexadecimal, in capitals or not
//   names             camelCase or snake_case
//   null              stands for an absent member (https://protobuf.dev/programming-guides/json/)
//   unknown members   are left out
//
// https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding

import { ALWAYS, ENUMS, type FieldRow, MESSAGES, type MessageName, type ScalarType } from './messages.ts';
import type { TracesData } from './types.ts';

/** The input is not OTLP: `message` names the member and the expected type. */
export class OtlpFormatError extends Error {
  override name = 'OtlpFormatError';
}

const MAX_MESSAGE_LENGTH = 300;

/** Messages nested deeper than this are refused: reading them would overflow the stack. */
const MAX_DEPTH = 200;

/** The traces that `value`, what JSON.parse or parseOtlpJson made, holds; in the form of `readOtlp`. Throws OtlpFormatError. */
export function readTraces(value: unknown): TracesData {
  return readOtlp('TracesData', value) as TracesData;
}

/**
 * The message `name` that `value` holds, in one form: enums and doubles as numbers, 64-bit integers as decimal strings, ids in
 * lower case. Throws OtlpFormatError.
 */
export function readOtlp(name: MessageName, value: unknown): Record<string, unknown> {
  return readMessage(value, SCHEMA[name], 0);
}

/** The value of `text`, JSON; whole numbers of more than 15 digits become strings. Throws OtlpFormatError. */
export function parseOtlpJson(text: string): unknown {
  try {
    return LONG_NUMBER.test(text) ? JSON.parse(text, exactNumber) : JSON.parse(text);
  } catch (error) {
    if (error instanceof RangeError) throw new OtlpFormatError('JSON is nested too deep');
    throw new OtlpFormatError(`not JSON: ${(error as Error).message}`);
  }
}

/** A number of more digits than a double holds, or the same in a text, which does no harm. */
const LONG_NUMBER = /[:[,\s]-?\d{16}/;

/** JSON.parse gives the source of a number since ECMAScript 2026; where it does not, its last digits are lost. */
function exactNumber(_key: string, value: unknown, context?: { source?: string }): unknown {
  const { source } = context ?? {};
  return typeof value === 'number' && source !== undefined && /^-?\d{16,}$/.test(source) ? source : value;
}

type Field = { name: string; list: boolean; message: Schema | undefined; scalar: (value: unknown) => unknown };
/** The fields of a message by each of their names. */
type Schema = { fields: Map<string, Field>; always: Field[]; isOneof: boolean };

type Members = Record<string, unknown>;

function readMessage(value: unknown, { fields, always, isOneof }: Schema, depth: number): Members {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(value, 'an object');
  if (depth > MAX_DEPTH) throw new OtlpFormatError(`messages are nested deeper than ${MAX_DEPTH}`);
  let read: Members = {};
  for (const key in value) {
    const member = (value as Members)[key];
    const field = fields.get(key);
    if (field === undefined || member === null) continue;
    try {
      const is = field.list ? readList(member, field, depth) : readValue(member, field, depth);
      if (isOneof) read = { [field.name]: is };
      else read[field.name] = is;
    } catch (error) {
      throw within(key, error);
    }
  }
  for (const { name, list, message } of always) read[name] ??= list ? [] : message ? {} : '';
  return read;
}

function readList(value: unknown, field: Field, depth: number): unknown[] {
  if (!Array.isArray(value)) throw wrong(value, 'a list');
  return value.map((each, index) => {
    try {
      return readValue(each ?? (field.message ? {} : ''), field, depth);
    } catch (error) {
      throw within(`[${index}]`, error);
    }
  });
}

function readValue(value: unknown, { message, scalar }: Field, depth: number): unknown {
  return message ? readMessage(value, message, depth + 1) : scalar(value);
}

/** What each type of scalar takes; throws OtlpFormatError. */
const SCALARS: Record<ScalarType, (value: unknown) => unknown> = {
  string: (value) => text(value).toWellFormed(),
  bytes: (value) => matching(value, /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/, 'base64'),
  traceId: (value) => matching(value, /^(?:[0-9a-f]{32})?$/i, '32 hexadecimal digits').toLowerCase(),
  spanId: (value) => matching(value, /^(?:[0-9a-f]{16})?$/i, '16 hexadecimal digits').toLowerCase(),
  fixed64: (value) => wholeNumber(value, 0n, 2n ** 64n - 1n, 19),
  int64: (value) => wholeNumber(value, -(2n ** 63n), 2n ** 63n - 1n, 18),
  fixed32: (value) => Number(wholeNumber(value, 0n, 2n ** 32n - 1n, 9)),
  uint32: (value) => Number(wholeNumber(value, 0n, 2n ** 32n - 1n, 9)),
  double: (value) => double(value),
  bool: (value) => {
    if (typeof value !== 'boolean') throw wrong(value, 'true or false');
    return value;
  },
  SPAN_KIND: (value) => enumNumber(value, 'SPAN_KIND'),
  STATUS_CODE: (value) => enumNumber(value, 'STATUS_CODE'),
};

function text(value: unknown): string {
  if (typeof value !== 'string') throw wrong(value, 'a text');
  return value;
}

function matching(value: unknown, pattern: RegExp, what: string): string {
  if (typeof value !== 'string' || !pattern.test(value)) throw wrong(value, what);
  return value;
}

const DIGITS = /^\d+$/;

/** A whole number within bounds, as a decimal string; what has at most `digits` of them is within. */
function wholeNumber(value: unknown, min: bigint, max: bigint, digits: number): string {
  if (typeof value === 'string' && value.length <= digits && DIGITS.test(value)) return value;
  const isWhole = typeof value === 'string' ? /^-?\d{1,25}$/.test(value) : Number.isInteger(value);
  if (!isWhole) throw wrong(value, 'a whole number');
  const exact = BigInt(value as string | number);
  if (exact < min || exact > max) throw wrong(value, `a whole number from ${min} to ${max}`);
  return String(exact);
}

/** Infinities and NaN are strings in JSON; any other number may be one, too. */
function double(value: unknown): number {
  if (typeof value === 'number') return value;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
  if (Number.isNaN(number) && value !== 'NaN') throw wrong(value, 'a number');
  return number;
}

function enumNumber(value: unknown, prefix: keyof typeof ENUMS): number {
  if (typeof value !== 'string' || /^-?\d/.test(value)) {
    return Number(wholeNumber(value, -(2n ** 31n), 2n ** 31n - 1n, 9));
  }
  const names: readonly string[] = ENUMS[prefix];
  const number = value.startsWith(`${prefix}_`) ? names.indexOf(value.slice(prefix.length + 1)) : -1;
  if (number < 0) throw wrong(value, `a number, or one of ${names.map((name) => `${prefix}_${name}`).join(', ')}`);
  return number;
}

function wrong(value: unknown, expected: string): OtlpFormatError {
  const got = JSON.stringify(value) ?? 'nothing';
  return new OtlpFormatError(`expected ${expected}, got ${got.length > 60 ? `${got.slice(0, 60)}…` : got}`);
}

/** The same error, with one more step of the path to the member in front, unless that is long already. */
function within(step: string, error: unknown): unknown {
  if (!(error instanceof OtlpFormatError) || error.message.length > MAX_MESSAGE_LENGTH) return error;
  const { message } = error;
  error.message = /^[[\w]\S*: /.test(message)
    ? `${step}${message.startsWith('[') ? '' : '.'}${message}`
    : `${step}: ${message}`;
  return error;
}

const SCHEMA = schemaOf(MESSAGES);

function schemaOf(messages: Record<MessageName, Record<string, FieldRow>>): Record<MessageName, Schema> {
  const names = Object.keys(messages) as MessageName[];
  const schema = Object.fromEntries(
    names.map((name) => [name, { fields: new Map(), always: [], isOneof: name === 'AnyValue' }]),
  ) as unknown as Record<MessageName, Schema>;
  for (const message of names) {
    for (const [name, [, type, list]] of Object.entries(messages[message])) {
      const scalar = SCALARS[type as ScalarType];
      const field: Field = { name, list: list !== undefined, message: schema[type as MessageName], scalar };
      schema[message].fields.set(name, field);
      if (ALWAYS[message]?.includes(name)) schema[message].always.push(field);
      schema[message].fields.set(
        name.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`),
        field,
      );
    }
  }
  return schema;
}
