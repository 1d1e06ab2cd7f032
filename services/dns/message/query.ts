// Parses a query: every datagram comes through here, hostile ones, too, at full speed. Only the cache key becomes text. What is
// malformed is kept as far as it could be parsed, for the refusal.

import { DnsFormatError, endOfLabels, folded, labelsBetween, nameFrom } from '../../../otel/propagation/dns-name.ts';
import { CACHE_OPTION, HEADER, OPT, TRACE_OPTION } from '../../../otel/propagation/dns-numbers.ts';
import { countsOf, isReply, opcodeOf, questionAt, recordAt } from '../../../runtime/dns/message.ts';
import { type Edns, findOption, readOpt } from '../../../runtime/dns/opt.ts';

export type Query = {
  /** The whole message. */
  bytes: Buffer;
  /** The question's bytes, in the client's case; none where there is not exactly one that can be parsed. */
  question: Buffer;
  /** The key of the cache: the question's bytes in lower case, a byte a character. */
  key: string;
  type: number;
  class: number;
  edns: Edns | undefined;
  /** The data of EDNS0 option 65500, which carries the trace context. */
  trace: Buffer | undefined;
  /** The name of the resolver's cache that it uses: in hex the data of EDNS0 option 65501, 1 to 16 bytes; '' for the shared one. */
  cache: string;
  /** Why it gets FORMERR; undefined for a valid one. */
  malformed: string | undefined;
};

export const OPCODE_QUERY = 0;
const IXFR = 251;
const MAX_CACHE_NAME = 16;

/** Whether `bytes` may be answered: it has a whole header and is not a reply. */
export function isQuery(bytes: Buffer): boolean {
  return bytes.length >= HEADER && !isReply(bytes);
}

/** Parses what `isQuery` accepts. Never throws. */
export function parseQuery(bytes: Buffer): Query {
  const none = { edns: undefined, trace: undefined, cache: '', malformed: undefined };
  const query: Query = { bytes, question: bytes.subarray(HEADER, HEADER), key: '', type: 0, class: 0, ...none };
  try {
    parseSections(query);
  } catch (error) {
    if (!(error instanceof DnsFormatError)) throw error;
    query.malformed = error.message;
  }
  return query;
}

/** The name in the question, absolute and in lower case. */
export function questionName({ question }: Query): string {
  return folded(nameFrom(labelsBetween(question, 0, question.length - 5)));
}

function parseSections(query: Query): void {
  const { bytes } = query;
  const { questions, answers, authorities, additionals } = countsOf(bytes);
  let at = HEADER;
  for (let number = 0; number < questions; number++) {
    const question = questionAt(bytes, at);
    if (bytes[endOfLabels(bytes, at)] !== 0) throw new DnsFormatError('a compression pointer in the question');
    if (question.end - at - 4 > 255) throw new DnsFormatError('a name of more than 255 bytes');
    at = question.end;
    if (questions > 1) continue;
    query.question = bytes.subarray(HEADER, at);
    query.key = cacheKey(query.question.toString('latin1'));
    query.type = question.type;
    query.class = question.class;
  }
  for (let number = 0; number < answers + authorities + additionals; number++) {
    const record = recordAt(bytes, at);
    at = record.end;
    if (record.type !== OPT) continue;
    if (query.edns !== undefined) throw new DnsFormatError('more than one OPT (RFC 6891, 6.1.1)');
    query.edns = readOpt(record);
    if (number < answers + authorities || bytes[record.name] !== 0)
      throw new DnsFormatError('OPT outside of the additional section, or with a name');
    if (query.edns.version !== 0) continue;
    query.trace = findOption(bytes, record, TRACE_OPTION);
    const cache = findOption(bytes, record, CACHE_OPTION);
    if (cache !== undefined && cache.length <= MAX_CACHE_NAME) query.cache = cache.toString('hex');
  }
  if (at !== bytes.length) throw new DnsFormatError('trailing bytes');
  if (opcodeOf(bytes) !== OPCODE_QUERY) return;
  if (questions !== 1) throw new DnsFormatError('not exactly one question (RFC 9619)');
  if (answers > 0 || (authorities > 0 && query.type !== IXFR)) throw new DnsFormatError('records in a query');
}

/** In lower case, but for type and class, the last four bytes. A label's length is at most 63, below `A`. */
function cacheKey(question: string): string {
  return question.slice(0, -4).replace(/[A-Z]+/g, (upper) => upper.toLowerCase()) + question.slice(-4);
}
