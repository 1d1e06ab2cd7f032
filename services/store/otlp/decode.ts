// Protobuf to OTLP's JSON, as objects. The bytes have been checked before (check.ts).

import type { Field, Message } from './message.ts';
import { Wire } from './wire.ts';

type Decoded = Record<string, unknown>;

/** Makes an object of `bytes`; zeros are left out as protobuf's JSON says, except in a oneof. */
export function decode<T = Decoded>(message: Message, bytes: Buffer): T {
  return decodeMessage(message, new Wire(bytes), bytes.length) as T;
}

/** Makes an object of what stands in `wire` from `at` to `end`. */
export function decodeMessage(message: Message, wire: Wire, end: number): Decoded {
  let decoded: Decoded = {};
  while (wire.at < end) {
    const tag = wire.varint(end);
    const field = message.fields[tag >>> 3];
    if (field === undefined) {
      wire.skip(tag & 7, end);
      continue;
    }
    const value = decodeValue(field, wire, end);
    if (field.list) {
      const list = decoded[field.name] as unknown[] | undefined;
      if (list) list.push(value);
      else decoded[field.name] = [value];
    } else if (message.isOneof) {
      decoded = { [field.name]: value }; // the last of them counts
    } else if (!isZero(value)) {
      decoded[field.name] = value;
    }
  }
  for (const { name } of message.always) decoded[name] ??= {};
  return decoded;
}

function isZero(value: unknown): boolean {
  return value === '' || value === 0 || value === '0' || value === false;
}

function decodeValue({ type }: Field, wire: Wire, end: number): unknown {
  const { bytes } = wire;
  if (typeof type === 'object') {
    const length = wire.length(end);
    return decodeMessage(type, wire, wire.at + length);
  }
  const from = wire.at;
  switch (type) {
    case 'string':
      return slice(wire, end, 'utf8');
    case 'traceId':
    case 'spanId':
      return withoutZeros(slice(wire, end, 'hex'));
    case 'bytes':
      return slice(wire, end, 'base64');
    case 'fixed64':
      wire.at += 8;
      return bytes.readBigUInt64LE(from).toString();
    case 'fixed32':
      wire.at += 4;
      return bytes.readUInt32LE(from);
    case 'double':
      wire.at += 8;
      return jsonDouble(bytes.readDoubleLE(from));
    case 'int64':
      return wire.int64(end).toString();
    case 'bool':
      return wire.varint(end) !== 0;
    case 'SPAN_KIND':
    case 'STATUS_CODE':
      return wire.int32(end);
    case 'uint32':
      return wire.int32(end) >>> 0;
  }
}

function slice(wire: Wire, end: number, encoding: BufferEncoding): string {
  const length = wire.length(end);
  wire.at += length;
  return wire.bytes.toString(encoding, wire.at - length, wire.at);
}

/** An id of zeros is none. */
function withoutZeros(id: string): string {
  return /[^0]/.test(id) ? id : '';
}

function jsonDouble(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}
