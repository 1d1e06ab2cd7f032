// A DNS message's bytes, told one by one (RFC 1035, 4.1; RFC 6891 for OPT): ranges that lie side by side from the first
// byte to the last, whatever the bytes are. What can't be read is one last range that says so.
//
//   0–2 id · 2–4 flags · 4–12 four counts · question: name, type, class · records: name, type, class, TTL, length, data

import opcodes from 'dns-packet/opcodes.js';
import optioncodes from 'dns-packet/optioncodes.js';
import rcodes from 'dns-packet/rcodes.js';
import types from 'dns-packet/types.js';
import { TRACE_OPTION } from '../../otel/propagation/dns.ts';
import { hexOf, Reader, textOf, Unreadable, type WireField } from './reader.ts';

export type { WireField };

/** The fields of a message; never throws. */
export function dnsFields(message: Uint8Array): WireField[] {
  const reader = new Reader(message);
  try {
    readMessage(reader);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    reader.rest(`not readable: ${error.message}`);
  }
  reader.rest('behind the end');
  return reader.fields;
}

function readMessage(reader: Reader): void {
  reader.uint16('id', (id) => `${id}: the answer repeats it`);
  reader.uint16('flags', flagsText);
  const counts = ['questions', 'answers', 'authorities', 'additionals'].map((name) => reader.uint16(name));
  const [questions = 0, ...records] = counts;
  for (let number = 1; number <= questions; number++) {
    reader.part = questions === 1 ? 'question' : `question ${number}`;
    reader.name('name');
    reader.uint16('type', types.toString);
    reader.uint16('class', classText);
  }
  for (const [index, section] of ['answer', 'authority', 'additional'].entries()) {
    for (let number = 1; number <= (records[index] ?? 0); number++) {
      reader.part = `${section} ${number}`;
      readRecord(reader);
    }
  }
}

function readRecord(reader: Reader): void {
  reader.name('name');
  const type = types.toString(reader.uint16('type', types.toString));
  if (type === 'OPT') {
    readOpt(reader);
    return;
  }
  reader.uint16('class', classText);
  reader.uint32('TTL', (ttl) => `${ttl} s: for so long it may be remembered`);
  const end = readLength(reader);
  const noted = reader.fields.length;
  const start = reader.at;
  try {
    DATA[type]?.(reader, end);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    reader.at = end + 1;
  }
  if (reader.at > end) {
    reader.fields.length = noted; // the data are not what their type says
    reader.at = start;
  }
  if (reader.at < end) reader.raw(end - reader.at, 'data');
}

const DATA: Record<string, (reader: Reader, end: number) => void> = {
  A: (reader) => reader.raw(4, 'address', (bytes) => bytes.join('.')),
  AAAA: (reader) => reader.raw(16, 'address', (bytes) => (hexOf(bytes).match(/.{4}/g) ?? []).join(':')),
  NS: (reader) => reader.name('name server'),
  CNAME: (reader) => reader.name('alias of'),
  MX: (reader) => {
    reader.uint16('preference');
    reader.name('mail server');
  },
  TXT: (reader, end) => {
    while (reader.at < end) {
      const length = reader.uint8('length');
      reader.raw(length, 'text', textOf);
    }
  },
  HINFO: (reader, end) => DATA.TXT?.(reader, end),
  SOA: (reader) => {
    reader.name('first server');
    reader.name('mailbox of who is responsible');
    reader.uint32('serial');
    for (const name of ['refresh', 'retry', 'expire']) reader.uint32(name, (seconds) => `${seconds} s`);
    reader.uint32('minimum', (seconds) => `${seconds} s: for so long "there is none" may be remembered`);
  },
};

/** OPT uses the fields of a record for other things. */
function readOpt(reader: Reader): void {
  reader.uint16('payload size', (size) => `datagrams of ${size} bytes are taken`);
  reader.uint8('extended code');
  reader.uint8('EDNS version');
  reader.uint16('flags', (flags) => (flags & 0x8000 ? 'DO' : 'none'));
  const end = readLength(reader);
  while (reader.at < end) {
    const code = reader.uint16('option', (number) =>
      number === TRACE_OPTION ? '65500: the trace' : String(optioncodes.toString(number)),
    );
    const length = reader.uint16('length');
    if (reader.at + length > end) throw new Unreadable('an option is longer than its record');
    if (code === TRACE_OPTION && length === 27) readTrace(reader);
    else if (code === 15 && length >= 2) {
      reader.uint16('reason');
      reader.raw(length - 2, 'text', textOf);
    } else if (length > 0) reader.raw(length, 'data');
  }
}

function readTrace(reader: Reader): void {
  reader.uint8('version');
  reader.uint8('reserved');
  reader.raw(16, 'trace id');
  reader.raw(8, 'span id');
  reader.uint8('trace flags', (flags) => (flags & 1 ? 'sampled' : 'not sampled'));
}

function readLength(reader: Reader): number {
  const length = reader.uint16('length');
  if (reader.at + length > reader.bytes.length) throw new Unreadable('a record is longer than the message');
  return reader.at + length;
}

function flagsText(flags: number): string {
  const bits = { AA: 10, TC: 9, RD: 8, RA: 7, AD: 5, CD: 4 };
  const set = Object.entries(bits).flatMap(([name, bit]) => (flags & (1 << bit) ? [name] : []));
  const kind = flags & 0x8000 ? 'answer' : 'query';
  return [
    kind,
    opcodes.toString((flags >> 11) & 0xf),
    ...set,
    ...(flags & 0x8000 ? [rcodes.toString(flags & 0xf)] : []),
  ].join(' ');
}

function classText(code: number): string {
  return { 1: 'IN', 3: 'CH', 4: 'HS', 255: 'ANY' }[code] ?? String(code);
}
