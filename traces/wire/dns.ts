// The fields of a DNS message, byte by byte (RFC 1035, 4.1; RFC 6891 for OPT): ranges side by side from the first
// byte to the last, for any input. What cannot be read is one last range with the reason.
//
//   0–2 id · 2–4 flags · 4–12 four counts · question: name, type, class · records: name, type, class, TTL, length, data

import {
  DnsFormatError,
  endOfLabels,
  labelsBetween,
  nameFrom,
  pointerAt,
  readName,
} from '../../otel/propagation/dns-name.ts';
import {
  CACHE_OPTION,
  className,
  EDE_OPTION,
  OPT,
  opcodeName,
  optionName,
  rcodeName,
  TRACE_OPTION,
  typeName,
} from '../../otel/propagation/dns-numbers.ts';
import { addressText, fieldsOf, type Reader, textOf, type WireField } from './reader.ts';
import { readTraceContext } from './trace-context.ts';

export type { WireField };

/** The fields of a message; never throws. */
export function dnsFields(message: Uint8Array): WireField[] {
  return fieldsOf(message, 'header', readMessage);
}

function readMessage(reader: Reader): void {
  reader.uint16('id', (id) => `${id}: the reply has the same id`);
  reader.uint16('flags', flagsText);
  const counts = ['questions', 'answers', 'authorities', 'additionals'].map((name) => reader.uint16(name));
  const [questions = 0, ...records] = counts;
  for (let number = 1; number <= questions; number++) {
    reader.part = questions === 1 ? 'question' : `question ${number}`;
    readNameField(reader, 'name');
    reader.uint16('type', typeName);
    reader.uint16('class', className);
  }
  for (const [index, section] of ['answer', 'authority', 'additional'].entries()) {
    for (let number = 1; number <= (records[index] ?? 0); number++) {
      reader.part = `${section} ${number}`;
      readRecord(reader);
    }
  }
}

function readRecord(reader: Reader): void {
  readNameField(reader, 'name');
  const type = reader.uint16('type', typeName);
  if (type === OPT) {
    readOpt(reader);
    return;
  }
  reader.uint16('class', className);
  reader.uint32('TTL', (ttl) => `${ttl} s: how long it may be cached`);
  const end = readLength(reader);
  reader.upTo(end, () => DATA[typeName(type)]?.(reader, end));
}

/** A name: its labels, then the pointer to where its rest stands, if it has one. */
function readNameField(reader: Reader, field: string): void {
  const { bytes, at } = reader;
  const end = endOfLabels(bytes, at);
  const pointer = pointerAt(bytes, end);
  const labels = nameFrom(labelsBetween(bytes, at, end));
  if (pointer === undefined) {
    reader.raw(end + 1 - at, field, () => labels);
    return;
  }
  const whole = readName(bytes, at);
  if (end > at) reader.raw(end - at, field, () => `${labels}…`);
  reader.uint16('pointer', () => `→ byte ${pointer}: ${end > at ? whole.slice(labels.length) : whole}`);
}

const DATA: Record<string, (reader: Reader, end: number) => void> = {
  A: (reader) => reader.raw(4, 'address', addressText),
  AAAA: (reader) => reader.raw(16, 'address', addressText),
  NS: (reader) => readNameField(reader, 'name server'),
  CNAME: (reader) => readNameField(reader, 'alias of'),
  MX: (reader) => {
    reader.uint16('preference');
    readNameField(reader, 'mail server');
  },
  TXT: (reader, end) => {
    while (reader.at < end) {
      const length = reader.uint8('length');
      reader.raw(length, 'text', textOf);
    }
  },
  HINFO: (reader, end) => DATA.TXT?.(reader, end),
  SOA: (reader) => {
    readNameField(reader, 'first server');
    readNameField(reader, 'responsible person');
    reader.uint32('serial');
    for (const name of ['refresh', 'retry', 'expire']) reader.uint32(name, (seconds) => `${seconds} s`);
    reader.uint32('minimum', (seconds) => `${seconds} s: how long "no such record" may be cached`);
  },
};

/** OPT uses the fields of a record for other things. */
function readOpt(reader: Reader): void {
  reader.uint16('payload size', (size) => `accepts datagrams of up to ${size} bytes`);
  reader.uint8('extended code');
  reader.uint8('EDNS version');
  reader.uint16('flags', (flags) => (flags & 0x8000 ? 'DO' : 'none'));
  const end = readLength(reader);
  while (reader.at < end) {
    const code = reader.uint16('option', (number) =>
      number === TRACE_OPTION
        ? '65500: the trace'
        : number === CACHE_OPTION
          ? '65501: a cache of its own'
          : optionName(number),
    );
    const length = reader.uint16('length');
    const next = reader.at + length;
    if (next > end) throw new DnsFormatError('an option is longer than its record');
    reader.upTo(next, () => {
      if (code === TRACE_OPTION) readTraceContext(reader);
      else if (code === EDE_OPTION) {
        reader.uint16('reason');
        reader.raw(next - reader.at, 'text', textOf);
      }
    });
  }
}

function readLength(reader: Reader): number {
  const length = reader.uint16('length');
  if (reader.at + length > reader.bytes.length) throw new DnsFormatError('a record is longer than the message');
  return reader.at + length;
}

function flagsText(flags: number): string {
  const bits = { AA: 10, TC: 9, RD: 8, RA: 7, AD: 5, CD: 4 };
  const set = Object.entries(bits).flatMap(([name, bit]) => (flags & (1 << bit) ? [name] : []));
  const kind = flags & 0x8000 ? 'answer' : 'query';
  const code = flags & 0x8000 ? [rcodeName(flags & 0xf)] : [];
  return [kind, opcodeName((flags >> 11) & 0xf), ...set, ...code].join(' ');
}
