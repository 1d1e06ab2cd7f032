// OTLP's JSON to protobuf, the one form in which spans are kept. What an SDK writes is transcoded from bytes to bytes
// (transcode.ts); any other JSON is read as the journey page reads files (traces/otlp/read-json.ts), and written from objects.
// https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding

import type { MessageName, ScalarType } from '../../../traces/otlp/messages.ts';
import { parseOtlpJson, readOtlp } from '../../../traces/otlp/read-json.ts';
import { StoreError } from '../errors.ts';
import type { Field, Message } from './message.ts';
import { transcode } from './transcode.ts';
import { Writer } from './writer.ts';

/** JSON of more values than this is not made into objects, each of which takes some 100 bytes. */
const MAX_VALUES = 500_000;

/** The bytes of `json` as `message`. Throws OtlpFormatError when it is not JSON, or not that message; StoreError `too_large`. */
export function encode(message: Message, json: Buffer): Buffer {
  return transcode(message, json) ?? encodeParsed(message, json);
}

/** The bytes of an object as `message`, read as JSON of it is. */
export function encodeObject(message: Message, object: object): Buffer {
  return encode(message, Buffer.from(JSON.stringify(object)));
}

function encodeParsed(message: Message, json: Buffer): Buffer {
  if (countValues(json) > MAX_VALUES) throw new StoreError('too_large', `more than ${MAX_VALUES} values in JSON`);
  const text = json.toString();
  const object = readOtlp(message.name as MessageName, parseOtlpJson(text));
  return writeObject(message, object, Buffer.byteLength(text));
}

/** How many objects, lists and members `json` has, about. */
function countValues(json: Buffer): number {
  let [count, isText] = [0, false];
  for (let at = 0; at < json.length; at++) {
    const byte = json[at];
    if (byte === 0x5c) at++;
    else if (byte === 0x22) isText = !isText;
    else if (!isText && (byte === 0x2c || byte === 0x5b || byte === 0x7b)) count++;
  }
  return count;
}

type Members = Readonly<Record<string, unknown>>;

/** The bytes of `object`, whose values are as read-json.ts makes them, as `message`: at most `size`. */
export function writeObject(message: Message, object: Members, size = JSON.stringify(object).length * 3): Buffer {
  const to = new Writer(size);
  writeMembers(to, message, object);
  return to.written();
}

function writeMembers(to: Writer, message: Message, object: Members): void {
  for (const field of message.fields) {
    const value = field && object[field.name];
    if (field === undefined || value === undefined) continue;
    if (field.list) for (const each of value as unknown[]) writeField(to, field, each);
    else if (message.isOneof || !ZEROS.has(value)) writeField(to, field, value);
  }
}

/** What proto3 leaves out. */
const ZEROS: ReadonlySet<unknown> = new Set(['', 0, '0', false]);

function writeField(to: Writer, { type, tag, always }: Field, value: unknown): void {
  const before = to.at;
  to.varint(tag);
  if (typeof type === 'object') {
    const start = to.open();
    writeMembers(to, type, value as Members);
    to.close(start);
  } else {
    SCALARS[type](to, value as never);
  }
  if (always && to.at === before + 2) to.at = before; // empty
}

const SCALARS: Record<ScalarType, (to: Writer, value: never) => void> = {
  string: (to, value: string) => to.text(value, 'utf8'),
  bytes: (to, value: string) => to.text(value, 'base64'),
  traceId: (to, value: string) => to.text(value, 'hex'),
  spanId: (to, value: string) => to.text(value, 'hex'),
  fixed64: (to, value: string) => to.fixed64(BigInt(value)),
  fixed32: (to, value: number) => to.fixed32(value),
  double: (to, value: number) => to.double(value),
  uint32: (to, value: number) => to.varint(value),
  int64: (to, value: string) => to.int64(BigInt(value)),
  bool: (to, value: boolean) => to.varint(Number(value)),
  SPAN_KIND: (to, value: number) => to.int64(BigInt(value)),
  STATUS_CODE: (to, value: number) => to.int64(BigInt(value)),
};
