// Reads a DNS message from bytes (RFC 1035, 4.1): where its question and its records stand. Nothing is copied or turned
// to text: a name is read by `readName` where it is wanted, and a record's data by the reader of its type.
//
//    0   2     4          6        8            10            12
//   ┌──┬─────┬─────────┬────────┬────────────┬─────────────┬──────────────────────┬─────────────────────────────────────────┐
//   │id│flags│questions│answers │ authorities│ additionals │ name │ type │ class  │ name │ type │ class │ TTL │ length │ …   │
//   └──┴─────┴─────────┴────────┴────────────┴─────────────┴──────────────────────┴─────────────────────────────────────────┘
//     header                                                  question               record

import { DnsFormatError, endOfName } from '../../otel/propagation/dns-name.ts';
import { HEADER } from '../../otel/propagation/dns-numbers.ts';

/** A record: where its name stands, its fields, and from where to where its data. */
export type RecordAt = { name: number; type: number; class: number; ttl: number; start: number; end: number };

/** A question: where its name stands, and where it ends. */
export type QuestionAt = { name: number; type: number; class: number; end: number };

export const isReply = (bytes: Buffer): boolean => (bytes.readUInt8(2) & 0x80) !== 0;
export const opcodeOf = (bytes: Buffer): number => (bytes.readUInt8(2) >> 3) & 0x0f;
export const isAuthoritative = (bytes: Buffer): boolean => (bytes.readUInt8(2) & 0x04) !== 0;
export const isTruncated = (bytes: Buffer): boolean => (bytes.readUInt8(2) & 0x02) !== 0;
export const isRecursionDesired = (bytes: Buffer): boolean => (bytes.readUInt8(2) & 0x01) !== 0;
/** The code of a reply, without the upper bits that OPT may hold. */
export const rcodeOf = (bytes: Buffer): number => bytes.readUInt8(3) & 0x0f;

/** How many records each section has, by the header. */
export function countsOf(bytes: Buffer) {
  return {
    questions: bytes.readUInt16BE(4),
    answers: bytes.readUInt16BE(6),
    authorities: bytes.readUInt16BE(8),
    additionals: bytes.readUInt16BE(10),
  };
}

/** The question at `at`. Throws DnsFormatError. */
export function questionAt(bytes: Buffer, at: number): QuestionAt {
  const fields = endOfName(bytes, at);
  const end = fields + 4;
  if (end > bytes.length) throw new DnsFormatError('truncated question');
  return { name: at, type: bytes.readUInt16BE(fields), class: bytes.readUInt16BE(fields + 2), end };
}

/** The record at `at`. Throws DnsFormatError. */
export function recordAt(bytes: Buffer, at: number): RecordAt {
  const fields = endOfName(bytes, at);
  const start = fields + 10;
  if (start > bytes.length) throw new DnsFormatError('truncated record');
  const end = start + bytes.readUInt16BE(fields + 8);
  if (end > bytes.length) throw new DnsFormatError('a record is longer than the message');
  return {
    name: at,
    type: bytes.readUInt16BE(fields),
    class: bytes.readUInt16BE(fields + 2),
    ttl: bytes.readUInt32BE(fields + 4),
    start,
    end,
  };
}

export type Message = {
  question: QuestionAt | undefined;
  answers: RecordAt[];
  authorities: RecordAt[];
  additionals: RecordAt[];
};

/** The parts of a whole message; bytes behind its end are passed over. Throws DnsFormatError. */
export function readMessage(bytes: Buffer): Message {
  if (bytes.length < HEADER) throw new DnsFormatError('shorter than a header');
  const { questions, answers, authorities, additionals } = countsOf(bytes);
  let at = HEADER;
  let question: QuestionAt | undefined;
  for (let number = 0; number < questions; number++) {
    const read = questionAt(bytes, at);
    question ??= read;
    at = read.end;
  }
  const records = (count: number): RecordAt[] => {
    const read: RecordAt[] = [];
    for (let number = 0; number < count; number++) {
      const record = recordAt(bytes, at);
      read.push(record);
      at = record.end;
    }
    return read;
  };
  return { question, answers: records(answers), authorities: records(authorities), additionals: records(additionals) };
}
