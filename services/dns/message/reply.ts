// Writes a reply from a query and the records that answer it (RFC 1035, 4.1; RFC 6891; RFC 8914).
//
// The records are encoded once, after a question of the same length, so that compression pointers into it are valid for every
// client, whatever its case. A reply is: a header, the client's own question, these bytes with the TTLs counted
// down, and OPT. A cached answer costs only a copy.

import { folded } from '../../../otel/propagation/dns-name.ts';
import { CLASS_IN, EDE_OPTION, HEADER, RCODES, type Rcode } from '../../../otel/propagation/dns-numbers.ts';
import type { Transport } from '../../../runtime/dns/exchange.ts';
import { type Edns, encodeOpt, type Option, UDP_PAYLOAD } from '../../../runtime/dns/opt.ts';
import { Writer } from '../../../runtime/dns/writer.ts';
import { codeOf, type DnsRecord, recordType } from '../records.ts';
import type { Query } from './query.ts';

type Sections = { answers: DnsRecord[]; authorities: DnsRecord[]; additionals: DnsRecord[] };

/** Records as bytes, to follow a question. */
export type Encoded = {
  bytes: Buffer;
  counts: readonly [answers: number, authorities: number, additionals: number];
  /** The offset of each TTL in `bytes`, and its value. */
  ttls: readonly { at: number; ttl: number }[];
  /** The offset of the additional section, which may be left out; the end where it may not (glue: RFC 9471). */
  optional: number;
};

/** An Extended DNS Error (RFC 8914). */
export type Ede = { code: number; text: string };

export type Reply = {
  rcode: Rcode;
  authoritative?: boolean;
  recursionAvailable?: boolean;
  records?: Encoded;
  /** Seconds since the records were stored. */
  age?: number;
  ede?: Ede | undefined;
};

const MAX_EDE_TEXT = 100;
/** OPT of most replies: without and with the DO bit. */
const PLAIN_OPT = [encodeOpt({}), encodeOpt({ dnssecOk: true })] as const;

/** Encodes records that follow the question for `name` (folded); `glue` when the additional section is needed (a referral). */
export function encodeRecords(name: string, { answers, authorities, additionals }: Sections, glue = false): Encoded {
  const writer = new Writer();
  writer.raw(Buffer.alloc(HEADER));
  writer.name(name);
  writer.uint32(0); // the question's type and class
  const start = writer.length;
  const ttls: { at: number; ttl: number }[] = [];
  let optional = 0;
  for (const section of [answers, authorities, additionals]) {
    optional = writer.length - start;
    for (const record of section) {
      writer.name(folded(record.name) === name ? name : record.name); // becomes a pointer to the question
      writer.uint16(codeOf(record.type));
      writer.uint16(CLASS_IN);
      ttls.push({ at: writer.length - start, ttl: record.ttl });
      writer.uint32(record.ttl);
      writer.sized(() => recordType(record.type).write(writer, record.data));
    }
  }
  return {
    bytes: Buffer.from(writer.bytes(start)),
    counts: [answers.length, authorities.length, additionals.length],
    ttls,
    optional: glue ? writer.length - start : optional,
  };
}

/** How many bytes a reply may have: over UDP what the client accepts, over TCP what the length field allows. */
export function replyLimit({ edns }: Query, transport: Transport): number {
  if (transport === 'tcp') return 0xffff;
  return Math.max(512, Math.min(edns?.udpPayload ?? 512, UDP_PAYLOAD));
}

/** The reply as bytes, at most `limit`. A section that does not fit is left out whole; TC is set if it was needed. */
export function writeReply(query: Query, reply: Reply, limit: number): Buffer {
  const { rcode, records, age = 0, ede } = reply;
  const { bytes: queryBytes, question, edns } = query;
  const opt = edns ? encodeReplyOpt(edns, RCODES[rcode], ede) : Buffer.alloc(0);

  const room = limit - HEADER - question.length - opt.length;
  const isWhole = records === undefined || records.bytes.length <= room;
  const truncated = !isWhole && records.optional > room;
  const [answers, authorities, additionals] = truncated ? [0, 0, 0] : (records?.counts ?? [0, 0, 0]);
  const length = isWhole ? (records?.bytes.length ?? 0) : truncated ? 0 : records.optional;

  const start = HEADER + question.length;
  const bytes = Buffer.allocUnsafe(start + length + opt.length);
  queryBytes.copy(bytes, 0, 0, HEADER);
  question.copy(bytes, HEADER);
  bytes[2] = 0x80 | ((queryBytes[2] as number) & 0x79) | (reply.authoritative ? 0x04 : 0) | (truncated ? 0x02 : 0);
  bytes[3] = (reply.recursionAvailable ? 0x80 : 0) | ((queryBytes[3] as number) & 0x10) | (RCODES[rcode] & 0x0f);
  bytes.writeUInt16BE(question.length > 0 ? 1 : 0, 4);
  bytes.writeUInt16BE(answers, 6);
  bytes.writeUInt16BE(authorities, 8);
  bytes.writeUInt16BE((isWhole ? additionals : 0) + (edns ? 1 : 0), 10);
  records?.bytes.copy(bytes, start, 0, length);
  for (const { at, ttl } of age > 0 ? (records?.ttls ?? []) : [])
    if (at < length) bytes.writeUInt32BE(Math.max(0, ttl - age), start + at);
  opt.copy(bytes, start + length);
  return bytes;
}

function encodeReplyOpt({ dnssecOk }: Edns, rcode: number, ede: Ede | undefined): Buffer {
  const extendedRcode = rcode >> 4;
  if (ede === undefined && extendedRcode === 0) return PLAIN_OPT[dnssecOk ? 1 : 0];
  return encodeOpt({ dnssecOk, extendedRcode, options: ede ? [edeOption(ede)] : [] });
}

function edeOption({ code, text }: Ede): Option {
  const reason = Buffer.from(text).subarray(0, MAX_EDE_TEXT);
  return { code: EDE_OPTION, data: Buffer.concat([Buffer.from([code >> 8, code & 0xff]), reason]) };
}
