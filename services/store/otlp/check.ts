// Checks that bytes are the message they claim to be, all the way down, without making objects of them:
// what is stored can always be read again.

import { OtlpFormatError } from '../../../traces/otlp/read-json.ts';
import type { Field, Message } from './message.ts';
import type { Wire } from './wire.ts';

/** Messages nested deeper than this are refused: reading them back would overflow the stack. */
export const MAX_DEPTH = 200;

/** A span, resource or scope of more messages than this (attributes, values, events, links) is refused: it could not be shown. */
export const MAX_MESSAGES = 100_000;

/** Checks the message from `wire.at` to `end`; leaves `wire.at` at `end`. Throws OtlpFormatError. */
export function check(message: Message, wire: Wire, end: number, depth = 0): void {
  if (depth > MAX_DEPTH) throw new OtlpFormatError(`proto: nested deeper than ${MAX_DEPTH} messages`);
  if (++wire.messages > MAX_MESSAGES) throw new OtlpFormatError(`proto: a span of more than ${MAX_MESSAGES} messages`);
  while (wire.at < end) {
    const tag = wire.tag(end);
    checkValue(message.fields[tag >>> 3], tag & 7, wire, end, depth);
  }
}

/** Checks the value of a field whose tag has been read; fields of newer versions of OTLP are passed over. */
export function checkValue(field: Field | undefined, wireType: number, wire: Wire, end: number, depth: number): void {
  const type = field?.type;
  if (field === undefined || type === undefined) {
    wire.skip(wireType, end);
  } else if (typeof type === 'object') {
    expectType(field, wireType);
    const length = wire.length(end);
    check(type, wire, wire.at + length, depth + 1);
  } else {
    expectType(field, wireType);
    if (type === 'traceId') checkId(wire, end, 16);
    else if (type === 'spanId') checkId(wire, end, 8);
    else wire.skip(wireType, end);
  }
}

function expectType({ name, tag }: Field, wireType: number): void {
  if (wireType !== (tag & 7)) throw new OtlpFormatError(`proto: wrong wireType = ${wireType} for field ${name}`);
}

/** Passes over an id of `size` bytes, or over an empty one; returns how many bytes it has. */
export function checkId(wire: Wire, end: number, size: number): number {
  const length = wire.length(end);
  if (length !== 0 && length !== size)
    throw new OtlpFormatError(`invalid length for ${size === 16 ? 'TraceID' : 'SpanID'}`);
  wire.at += length;
  return length;
}
