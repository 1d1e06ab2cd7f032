// Reads the few fields of a span that are indexed, and checks all the others on the way: the path that every span takes.

import { checkValue } from '../otlp/check.ts';
import { SPAN } from '../otlp/messages.ts';
import { EIGHT_BYTES, LENGTH, VARINT, type Wire } from '../otlp/wire.ts';

/** What is indexed of a span; times in µs since 1970. */
export type SpanColumns = { traceId: string; name: string; kind: number; start: number; end: number };

const NAME = 5 * 8 + LENGTH;
const KIND = 6 * 8 + VARINT;
const START = 7 * 8 + EIGHT_BYTES;
const END = 8 * 8 + EIGHT_BYTES;
const NO_TRACE = '0'.repeat(32);
const NO_SPAN = '0'.repeat(16);

/** Reads the span from `wire.at` to `end`; undefined if it lacks a trace id or span id. Throws Malformed. */
export function readSpan(wire: Wire, end: number): SpanColumns | undefined {
  const { bytes } = wire;
  const span: SpanColumns = { traceId: '', name: '', kind: 0, start: 0, end: 0 };
  let spanId = '';
  while (wire.at < end) {
    const tag = wire.tag(end);
    const from = wire.at;
    if (tag === NAME) {
      const length = wire.length(end);
      span.name = bytes.toString('utf8', wire.at, wire.at + length);
      wire.at += length;
    } else if (tag === KIND) {
      span.kind = wire.varint(end);
    } else {
      checkValue(SPAN.fields[tag >>> 3], tag & 7, wire, end, 2);
      // Ids of a wrong length have just been refused.
      if (tag === START) span.start = microseconds(bytes, from);
      else if (tag === END) span.end = microseconds(bytes, from);
      else if (tag >>> 3 === 1) span.traceId = bytes.toString('hex', Math.max(from + 1, wire.at - 16), wire.at);
      else if (tag >>> 3 === 2) spanId = bytes.toString('hex', Math.max(from + 1, wire.at - 8), wire.at);
    }
  }
  const filed = span.traceId !== '' && span.traceId !== NO_TRACE && spanId !== '' && spanId !== NO_SPAN;
  return filed ? span : undefined;
}

function microseconds(bytes: Buffer, at: number): number {
  return (bytes.readUInt32LE(at + 4) * 4_294_967_296 + bytes.readUInt32LE(at)) / 1000;
}
