// Reads the few fields of a span that are indexed, and checks all the others on the way: the path that every span takes.

import { checkId, checkValue } from '../otlp/check.ts';
import { MESSAGES } from '../otlp/message.ts';
import { EIGHT_BYTES, LENGTH, VARINT, type Wire } from '../otlp/wire.ts';
import { INDEXED_BYTES } from '../storage/schema.ts';

/** What is indexed of a span, the beginning of its name; times in µs since 1970. */
export type SpanColumns = { traceId: string; name: string; kind: number; start: number; end: number };

const TRACE_ID = 1 * 8 + LENGTH;
const SPAN_ID = 2 * 8 + LENGTH;
const NAME = 5 * 8 + LENGTH;
const KIND = 6 * 8 + VARINT;
const START = 7 * 8 + EIGHT_BYTES;
const END = 8 * 8 + EIGHT_BYTES;
const NO_TRACE = '0'.repeat(32);
const NO_SPAN = '0'.repeat(16);

/** Reads the span from `wire.at` to `end`; undefined if it lacks a trace id or span id. Throws OtlpFormatError. */
export function readSpan(wire: Wire, end: number): SpanColumns | undefined {
  const { bytes } = wire;
  const span: SpanColumns = { traceId: '', name: '', kind: 0, start: 0, end: 0 };
  let spanId = '';
  wire.messages = 0;
  while (wire.at < end) {
    const tag = wire.tag(end);
    const from = wire.at;
    if (tag === TRACE_ID) {
      span.traceId = readId(wire, end, 16);
    } else if (tag === SPAN_ID) {
      spanId = readId(wire, end, 8);
    } else if (tag === NAME) {
      const length = wire.length(end);
      span.name = bytes.toString('utf8', wire.at, wire.at + Math.min(length, INDEXED_BYTES));
      wire.at += length;
    } else if (tag === KIND) {
      span.kind = wire.int32(end);
    } else {
      checkValue(MESSAGES.Span.fields[tag >>> 3], tag & 7, wire, end, 2);
      if (tag === START) span.start = microseconds(bytes, from);
      else if (tag === END) span.end = microseconds(bytes, from);
    }
  }
  const filed = span.traceId !== '' && span.traceId !== NO_TRACE && spanId !== '' && spanId !== NO_SPAN;
  return filed ? span : undefined;
}

function readId(wire: Wire, end: number, size: number): string {
  const length = checkId(wire, end, size);
  return wire.bytes.toString('hex', wire.at - length, wire.at);
}

function microseconds(bytes: Buffer, at: number): number {
  return (bytes.readUInt32LE(at + 4) * 4_294_967_296 + bytes.readUInt32LE(at)) / 1000;
}
