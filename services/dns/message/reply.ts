// Writes a reply from a query and the records that answer it (RFC 1035, 4.1; RFC 6891; RFC 8914).
//
// The records are encoded once, behind a question of the same length, so that pointers into it hold for every client
// whatever case its letters have. What is sent then is: a header, the client's own question, these bytes with the TTLs
// counted down, and OPT. A remembered answer costs no more than copying it.

import type { DnsRecord } from '../records.ts';
import { typeCode, types } from '../records.ts';
import { HEADER, type Query } from './query.ts';
import { Writer } from './writer.ts';

export const RCODES = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'] as const;
export type Rcode = (typeof RCODES)[number];

export type Sections = { answers: DnsRecord[]; authorities: DnsRecord[]; additionals: DnsRecord[] };

/** Records as bytes, to stand behind a question. */
export type Encoded = {
  bytes: Buffer;
  counts: readonly [answers: number, authorities: number, additionals: number];
  /** Where each TTL stands in `bytes`, and what it was. */
  ttls: readonly { at: number; ttl: number }[];
  /** Where the additional section begins, which may be left out; the end where it may not (glue: RFC 9471). */
  optional: number;
};

/** An Extended DNS Error: why (RFC 8914). */
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

/** What a datagram can carry without being split on common networks (DNS Flag Day 2020). */
export const UDP_PAYLOAD = 1232;
const CLASS_IN = 1;
const OPT = 41;
const OPTION_EDE = 15;
const OPT_LENGTH = 11;
const EDE_TEXT = 100;

/** Encodes records behind the question for `name`; `glue` when the additional section is needed to go on. */
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
      writer.name(record.name);
      writer.uint16(typeCode(record.type));
      writer.uint16(CLASS_IN);
      ttls.push({ at: writer.length - start, ttl: record.ttl });
      writer.uint32(record.ttl);
      types[record.type]?.write(writer, record.data);
    }
  }
  return {
    bytes: Buffer.from(writer.bytes(start)),
    counts: [answers.length, authorities.length, additionals.length],
    ttls,
    optional: glue ? writer.length - start : optional,
  };
}

/** How many bytes a reply may have: a datagram what the client can take, a stream what its length field holds. */
export function limitOf({ edns }: Query, over: 'udp' | 'tcp'): number {
  if (over === 'tcp') return 0xffff;
  return Math.max(512, Math.min(edns?.udpPayload ?? 512, UDP_PAYLOAD));
}

/** The reply as bytes, at most `limit`; what does not fit is left out whole, and the truncation flag says so. */
export function writeReply(query: Query, reply: Reply, limit: number): Buffer {
  const { rcode, records, age = 0, ede } = reply;
  const { bytes: asked, question, edns } = query;
  const reason = edns && ede ? Buffer.from(ede.text).subarray(0, EDE_TEXT) : undefined;
  const optLength = edns ? OPT_LENGTH + (reason ? 6 + reason.length : 0) : 0;

  const room = limit - HEADER - question.length - optLength;
  const whole = records === undefined || records.bytes.length <= room;
  const truncated = !whole && records.optional > room;
  const [answers, authorities, additionals] = truncated ? [0, 0, 0] : (records?.counts ?? [0, 0, 0]);
  const length = whole ? (records?.bytes.length ?? 0) : truncated ? 0 : records.optional;

  const start = HEADER + question.length;
  const bytes = Buffer.allocUnsafe(start + length + optLength);
  asked.copy(bytes, 0, 0, start);
  bytes[2] = 0x80 | ((asked[2] as number) & 0x79) | (reply.authoritative ? 0x04 : 0) | (truncated ? 0x02 : 0);
  bytes[3] = (reply.recursionAvailable ? 0x80 : 0) | ((asked[3] as number) & 0x10) | RCODES.indexOf(rcode);
  bytes.writeUInt16BE(answers, 6);
  bytes.writeUInt16BE(authorities, 8);
  bytes.writeUInt16BE((whole ? additionals : 0) + (edns ? 1 : 0), 10);
  if (records !== undefined && length > 0) {
    records.bytes.copy(bytes, start, 0, length);
    if (age > 0) {
      for (const { at, ttl } of records.ttls) if (at < length) bytes.writeUInt32BE(Math.max(0, ttl - age), start + at);
    }
  }
  if (edns) writeOpt(bytes, start + length, { dnssecOk: edns.dnssecOk, extendedRcode: 0, ede: ede?.code, reason });
  return bytes;
}

/** The reply to what can't be read, or to an operation not known here: a header alone. */
export function writeHeader(asked: Buffer, rcode: Rcode): Buffer {
  const bytes = Buffer.alloc(HEADER);
  asked.copy(bytes, 0, 0, 2);
  bytes[2] = 0x80 | ((asked[2] as number) & 0x79);
  bytes[3] = RCODES.indexOf(rcode);
  return bytes;
}

/** The reply to a version of EDNS that is not known here: BADVERS (RFC 6891, 6.1.3). */
export function writeBadVersion(query: Query): Buffer {
  const bytes = writeReply(query, { rcode: 'NOERROR' }, 512);
  bytes[bytes.length - OPT_LENGTH + 5] = 1;
  return bytes;
}

type Opt = { dnssecOk: boolean; extendedRcode: number; ede: number | undefined; reason: Buffer | undefined };

function writeOpt(bytes: Buffer, at: number, { dnssecOk, extendedRcode, ede = 0, reason }: Opt): void {
  bytes[at] = 0; // the root's name
  bytes.writeUInt16BE(OPT, at + 1);
  bytes.writeUInt16BE(UDP_PAYLOAD, at + 3);
  bytes[at + 5] = extendedRcode;
  bytes[at + 6] = 0; // version
  bytes.writeUInt16BE(dnssecOk ? 0x8000 : 0, at + 7);
  bytes.writeUInt16BE(reason ? 6 + reason.length : 0, at + 9);
  if (reason === undefined) return;
  bytes.writeUInt16BE(OPTION_EDE, at + 11);
  bytes.writeUInt16BE(2 + reason.length, at + 13);
  bytes.writeUInt16BE(ede, at + 15);
  reason.copy(bytes, at + 17);
}
