// Reads a query from bytes (RFC 1035, 4.1; RFC 6891 for OPT). Every datagram comes through here, also hostile ones, and at
// full speed: nothing is copied or turned to text but the key, by which the cache knows the question.
//
//    0   2    4     6     8    10    12
//   ┌──┬─────┬─────┬─────┬─────┬─────┬───────────────────────┬────────────────┬───────────┬───┐
//   │id│flags│ one │  0  │  0  │count│ name …0 │ type │ class │ name │ type …  │ options … │…  │
//   └──┴─────┴─────┴─────┴─────┴─────┴───────────────────────┴────────────────┴───────────┴───┘
//     header: 12 bytes                 question                one record of type OPT, perhaps

import { TRACE_OPTION } from '../../../otel/propagation/dns.ts';
import { nameFrom } from './name.ts';

export const HEADER = 12;
const OPT = 41;

/** What a query says of EDNS0. */
export type Edns = {
  /** How many bytes a datagram to the client may have. */
  udpPayload: number;
  version: number;
  dnssecOk: boolean;
  /** The data of option 65500, which carries a trace's context. */
  trace: Buffer | undefined;
};

export type Query = {
  /** The whole message. */
  bytes: Buffer;
  /** The question's bytes, letters as the client wrote them. */
  question: Buffer;
  /** The question's bytes in lower case, a byte a character: what the cache knows it by. */
  key: string;
  type: number;
  class: number;
  edns: Edns | undefined;
};

export const OPCODE_QUERY = 0;

/** Whether `bytes` is to be answered at all: not without a whole header, and never if it is an answer itself. */
export function isQuery(bytes: Buffer): boolean {
  return bytes.length >= HEADER && !((bytes[2] as number) & 0x80);
}

export function opcodeOf(bytes: Buffer): number {
  return ((bytes[2] as number) >> 3) & 0x0f;
}

export function recursionDesired(bytes: Buffer): boolean {
  return ((bytes[2] as number) & 0x01) !== 0;
}

/** Reads what `isQuery` let through; undefined when it can't be read (FORMERR), or asks not exactly one question. */
export function readQuery(bytes: Buffer): Query | undefined {
  if (bytes.readUInt16BE(4) !== 1) return undefined;
  const nameEnd = endOfQuestionName(bytes);
  const end = nameEnd + 4;
  if (nameEnd === 0 || end > bytes.length) return undefined;
  const query: Query = {
    bytes,
    question: bytes.subarray(HEADER, end),
    key: lowerCased(bytes, HEADER, end),
    type: bytes.readUInt16BE(nameEnd),
    class: bytes.readUInt16BE(nameEnd + 2),
    edns: undefined,
  };
  return readRecords(query, end) ? query : undefined;
}

/** The name asked for, absolute and in lower case. */
export function nameOf({ question }: Query): string {
  const labels: Buffer[] = [];
  for (let at = 0; question[at]; at += 1 + (question[at] as number)) {
    labels.push(question.subarray(at + 1, at + 1 + (question[at] as number)));
  }
  return nameFrom(labels);
}

/** Where the name of the question ends; 0 if it does not, is too long, or has a pointer (to what, this early?). */
function endOfQuestionName(bytes: Buffer): number {
  let at = HEADER;
  for (let length = bytes[at]; length; length = bytes[at]) {
    if (length > 63) return 0;
    at += 1 + length;
  }
  return at < bytes.length && at - HEADER < 255 ? at + 1 : 0;
}

function lowerCased(bytes: Buffer, start: number, end: number): string {
  const key = bytes.toString('latin1', start, end);
  for (let at = start; at < end - 4; at++) {
    const byte = bytes[at] as number; // a length is at most 63, so none looks like a letter from A (65) on
    if (byte >= 0x41 && byte <= 0x5a) return asciiLower(key.slice(0, -4)) + key.slice(-4);
  }
  return key;
}

function asciiLower(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** Walks over the records behind the question and reads OPT; false when they are not as they should be. */
function readRecords(query: Query, start: number): boolean {
  const { bytes } = query;
  const additional = bytes.readUInt16BE(10);
  const before = bytes.readUInt16BE(6) + bytes.readUInt16BE(8);
  let at = start;
  for (let number = 0; number < before + additional; number++) {
    const nameEnd = endOfName(bytes, at);
    const end = nameEnd + 10;
    if (nameEnd === 0 || end > bytes.length) return false;
    const dataEnd = end + bytes.readUInt16BE(nameEnd + 8);
    if (dataEnd > bytes.length) return false;
    if (bytes.readUInt16BE(nameEnd) === OPT) {
      const misplaced = number < before || query.edns !== undefined || nameEnd !== at + 1;
      if (misplaced || !readOpt(query, nameEnd, dataEnd)) return false;
    }
    at = dataEnd;
  }
  return at === bytes.length;
}

function endOfName(bytes: Buffer, start: number): number {
  for (let at = start; at < bytes.length; ) {
    const length = bytes[at] as number;
    if (length === 0) return at + 1;
    if (length >= 0xc0) return at + 2;
    if (length > 63) return 0;
    at += 1 + length;
  }
  return 0;
}

/** OPT's class is the payload size, its TTL: extended code, version, flags. */
function readOpt(query: Query, at: number, end: number): boolean {
  const { bytes } = query;
  let trace: Buffer | undefined;
  let option = at + 10;
  while (option + 4 <= end) {
    const dataEnd = option + 4 + bytes.readUInt16BE(option + 2);
    if (dataEnd > end) return false;
    if (bytes.readUInt16BE(option) === TRACE_OPTION) trace = bytes.subarray(option + 4, dataEnd);
    option = dataEnd;
  }
  query.edns = {
    udpPayload: bytes.readUInt16BE(at + 2),
    version: bytes[at + 5] as number,
    dnssecOk: ((bytes[at + 6] as number) & 0x80) !== 0,
    trace,
  };
  return option === end;
}
