// OTLP's JSON to protobuf, the one form in which spans are kept: from bytes to bytes, without objects between them. By JSON.parse,
// one pass of checks and protobufjs' writer it took 2.2 times as long (docs/decisions/010): some 13 % of what a dynamic request
// costs in `npm run bench chain`, worked out from the store's share there, for all services send JSON.
// What is read is what traces/otlp/read-json.ts reads (encode.test.ts).
// https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding

import { OtlpFormatError } from '../../../traces/otlp/read-json.ts';
import { MAX_DEPTH } from './check.ts';
import { JsonReader } from './json.ts';
import { LIST, OBJECT } from './json-tokens.ts';
import type { Field, Message } from './message.ts';
import { writeScalar } from './scalars.ts';
import { Writer } from './writer.ts';

/**
 * The bytes of `json` as `message`. Names that it does not know are passed over; what is no JSON, or not what the message
 * says, throws OtlpFormatError. `json` is spoilt: texts are unescaped in place.
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
  if (depth > MAX_DEPTH) throw new OtlpFormatError(`${message.name}: nested deeper than ${MAX_DEPTH} messages`);
  if (!from.open(OBJECT)) return;
  do {
    const field = message.named(from.name(), from.bytes, from.nameFrom, from.nameEnd);
    if (field === undefined) from.skip(MAX_DEPTH);
    else if (from.isNull()) continue;
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
