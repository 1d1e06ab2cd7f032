// A DNS message's bytes, told one by one (RFC 1035, 4.1; RFC 6891 for OPT): ranges that lie side by side from the first
// byte to the last, whatever the bytes are. What can't be read is one last range that says so.
//
//   0–2 id · 2–4 flags · 4–12 four counts · question: name, type, class · records: name, type, class, TTL, length, data

import opcodes from 'dns-packet/opcodes.js';
import optioncodes from 'dns-packet/optioncodes.js';
import rcodes from 'dns-packet/rcodes.js';
import types from 'dns-packet/types.js';
import { TRACE_OPTION } from '../propagation/dns.ts';

/** One range of bytes, `end` exclusive: where it belongs (`header`, `question`, `answer 1` …), its name and what it says. */
export type WireField = { start: number; end: number; part: string; name: string; value: string };

/** The fields of a message; never throws. */
export function dnsFields(message: Uint8Array): WireField[] {
  const reader = new Reader(Buffer.from(message.buffer, message.byteOffset, message.byteLength));
  try {
    readMessage(reader);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    reader.rest(`not readable: ${error.message}`);
  }
  reader.rest('behind the end');
  return reader.fields;
}

class Unreadable extends Error {}

/** Takes bytes from the front, and notes each as a field. */
class Reader {
  readonly bytes: Buffer;
  readonly fields: WireField[] = [];
  part = 'header';
  at = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  /** Takes `length` bytes; `say` tells what they mean. */
  take<T>(length: number, name: string, read: (at: number) => T, say: (value: T) => string = String): T {
    if (this.at + length > this.bytes.length) throw new Unreadable('the message ends here');
    const value = read(this.at);
    if (length > 0)
      this.fields.push({ start: this.at, end: this.at + length, part: this.part, name, value: say(value) });
    this.at += length;
    return value;
  }

  uint8(name: string, say?: (value: number) => string): number {
    return this.take(1, name, (at) => this.bytes.readUInt8(at), say);
  }

  uint16(name: string, say?: (value: number) => string): number {
    return this.take(2, name, (at) => this.bytes.readUInt16BE(at), say);
  }

  uint32(name: string, say?: (value: number) => string): number {
    return this.take(4, name, (at) => this.bytes.readUInt32BE(at), say);
  }

  raw(length: number, name: string, say: (bytes: Buffer) => string = (bytes) => bytes.toString('hex')): void {
    this.take(length, name, (at) => this.bytes.subarray(at, at + length), say);
  }

  /** A name: its labels, then the pointer to where its rest stands, if it has one. */
  name(name: string): void {
    const { labels, end, pointer } = labelsAt(this.bytes, this.at);
    if (end > this.at) this.raw(end - this.at, name, () => `${labels.join('.')}${pointer === undefined ? '.' : '…'}`);
    if (pointer === undefined) return;
    const rest = nameBefore(this.bytes, pointer, this.at);
    this.uint16('pointer', () => `→ byte ${pointer}: ${rest}`);
  }

  /** Everything that is left, if anything is. */
  rest(name: string): void {
    if (this.at < this.bytes.length) this.raw(this.bytes.length - this.at, name);
  }
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
  AAAA: (reader) => reader.raw(16, 'address', (bytes) => (bytes.toString('hex').match(/.{4}/g) ?? []).join(':')),
  NS: (reader) => reader.name('name server'),
  CNAME: (reader) => reader.name('alias of'),
  MX: (reader) => {
    reader.uint16('preference');
    reader.name('mail server');
  },
  TXT: (reader, end) => {
    while (reader.at < end) {
      const length = reader.uint8('length');
      reader.raw(length, 'text', String);
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
      reader.raw(length - 2, 'text', String);
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

/** The labels from `at` on, where they end, and the pointer that stands there instead of an end. */
function labelsAt(bytes: Buffer, at: number): { labels: string[]; end: number; pointer: number | undefined } {
  const labels: string[] = [];
  for (let next = at; ; ) {
    const length = bytes[next];
    if (length === undefined) throw new Unreadable('a name is cut');
    if (length === 0) return { labels, end: next + 1, pointer: undefined };
    if (length >= 0xc0) {
      if (next + 2 > bytes.length) throw new Unreadable('a pointer is cut');
      return { labels, end: next, pointer: bytes.readUInt16BE(next) & 0x3fff };
    }
    if (length > 63) throw new Unreadable('neither a label nor a pointer');
    if (next + 1 + length > bytes.length) throw new Unreadable('a label is cut');
    labels.push(bytes.toString('latin1', next + 1, next + 1 + length));
    next += 1 + length;
  }
}

/** The whole name at `at`; a pointer must lead to before what it stands in, so none goes round in a circle. */
function nameBefore(bytes: Buffer, at: number, limit: number): string {
  if (at >= limit) throw new Unreadable('a pointer that leads forward');
  const { labels, pointer } = labelsAt(bytes, at);
  return pointer === undefined ? `${labels.join('.')}.` : [...labels, nameBefore(bytes, pointer, at)].join('.');
}
