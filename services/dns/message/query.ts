// A query as a server reads it: every datagram comes through here, also hostile ones, and at full speed. Nothing is turned
// to text but the key, by which the cache knows the question. What can't be read is kept as far as it can, for the refusal.

import { DnsFormatError, endOfLabels, folded, labelsBetween, nameFrom } from '../../../otel/propagation/dns-name.ts';
import { HEADER, OPT, TRACE_OPTION } from '../../../otel/propagation/dns-numbers.ts';
import { countsOf, isReply, opcodeOf, questionAt, recordAt } from '../../../runtime/dns/message.ts';
import { type Edns, findOption, readOpt } from '../../../runtime/dns/opt.ts';

export type Query = {
  /** The whole message. */
  bytes: Buffer;
  /** The question's bytes, letters as the client wrote them; none where there is not exactly one that can be read. */
  question: Buffer;
  /** The question's bytes in lower case, a byte a character: what the cache knows it by. */
  key: string;
  type: number;
  class: number;
  edns: Edns | undefined;
  /** The data of option 65500, which carries a trace's context. */
  trace: Buffer | undefined;
  /** Why it can't be read, or must not be answered (FORMERR); undefined for a good one. */
  malformed: string | undefined;
};

const OPCODE_QUERY = 0;
const IXFR = 251;

/** Whether `bytes` is to be answered at all: not without a whole header, and never if it is a reply itself. */
export function isQuery(bytes: Buffer): boolean {
  return bytes.length >= HEADER && !isReply(bytes);
}

/** Reads what `isQuery` let through. Never throws. */
export function readQuery(bytes: Buffer): Query {
  const question = bytes.subarray(HEADER, HEADER);
  const query: Query = {
    bytes,
    question,
    key: '',
    type: 0,
    class: 0,
    edns: undefined,
    trace: undefined,
    malformed: undefined,
  };
  try {
    readParts(query);
  } catch (error) {
    if (!(error instanceof DnsFormatError)) throw error;
    query.malformed = error.message;
  }
  return query;
}

/** The name asked for, absolute and in lower case. */
export function nameOf({ question }: Query): string {
  return folded(nameFrom(labelsBetween(question, 0, question.length - 5)));
}

function readParts(query: Query): void {
  const { bytes } = query;
  const { questions, answers, authorities, additionals } = countsOf(bytes);
  let at = HEADER;
  for (let number = 0; number < questions; number++) {
    const asked = questionAt(bytes, at);
    if (bytes[endOfLabels(bytes, at)] !== 0)
      throw new DnsFormatError('a pointer in the question, where nothing stands before it');
    if (asked.end - at - 4 > 255) throw new DnsFormatError('a name of more than 255 bytes');
    at = asked.end;
    if (questions > 1) continue;
    query.question = bytes.subarray(HEADER, at);
    query.key = keyOf(bytes, HEADER, at);
    query.type = asked.type;
    query.class = asked.class;
  }
  for (let number = 0; number < answers + authorities + additionals; number++) {
    const record = recordAt(bytes, at);
    at = record.end;
    if (record.type !== OPT) continue;
    if (query.edns !== undefined) throw new DnsFormatError('more than one OPT (RFC 6891, 6.1.1)');
    query.edns = readOpt(record);
    if (number < answers + authorities || bytes[record.name] !== 0)
      throw new DnsFormatError('OPT where it does not belong');
    if (query.edns.version === 0) query.trace = findOption(bytes, record, TRACE_OPTION);
  }
  if (at !== bytes.length) throw new DnsFormatError('bytes behind the end');
  if (opcodeOf(bytes) !== OPCODE_QUERY) return;
  if (questions !== 1) throw new DnsFormatError('not exactly one question (RFC 9619)');
  if (answers > 0 || (authorities > 0 && query.type !== IXFR)) throw new DnsFormatError('answers in a query');
}

function keyOf(bytes: Buffer, start: number, end: number): string {
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
