// OPT, the record that extends the header of a message (EDNS0, RFC 6891). It uses a record's fields for other things:
//
//    0   1    3             5                     6         7       9        11
//   ┌───┬────┬─────────────┬─────────────────────┬─────────┬───────┬────────┬────────┬────────┬──────┐
//   │ 0 │ 41 │ payload size│ upper bits of rcode │ version │ flags │ length │ option │ length │ data │ …
//   └───┴────┴─────────────┴─────────────────────┴─────────┴───────┴────────┴────────┴────────┴──────┘

import { DnsFormatError } from '../../otel/propagation/dns-name.ts';
import { OPT } from '../../otel/propagation/dns-numbers.ts';
import type { RecordAt } from './message.ts';

/** What a datagram can carry without being split on common networks (DNS Flag Day 2020). */
export const UDP_PAYLOAD = 1232;

const FIXED = 11;
const DO = 0x8000;

export type Option = { code: number; data: Uint8Array };

/** The EDNS0 part of a message. */
export type Edns = {
  /** How many bytes a datagram to its sender may have. */
  udpPayload: number;
  version: number;
  dnssecOk: boolean;
};

/** The meaning of OPT's record fields. */
export function readOpt({ class: udpPayload, ttl }: RecordAt): Edns {
  return { udpPayload, version: (ttl >>> 16) & 0xff, dnssecOk: (ttl & DO) !== 0 };
}

/** The data of the first option of that code in OPT; undefined where there is none. Throws DnsFormatError. */
export function findOption(bytes: Buffer, { start, end }: RecordAt, code: number): Buffer | undefined {
  let found: Buffer | undefined;
  for (let at = start; at < end; ) {
    const data = at + 4;
    const next = data <= end ? data + bytes.readUInt16BE(at + 2) : end + 1;
    if (next > end) throw new DnsFormatError('an option is longer than its record');
    if (found === undefined && bytes.readUInt16BE(at) === code) found = bytes.subarray(data, next);
    at = next;
  }
  return found;
}

/** OPT as bytes; `extendedRcode` is the code of the reply without its lower four bits, which stand in the header. */
export function encodeOpt({
  extendedRcode = 0,
  dnssecOk = false,
  options = [],
}: {
  extendedRcode?: number;
  dnssecOk?: boolean;
  options?: readonly Option[];
}): Buffer {
  const length = options.reduce((sum, { data }) => sum + 4 + data.length, 0);
  const bytes = Buffer.alloc(FIXED + length);
  bytes.writeUInt16BE(OPT, 1);
  bytes.writeUInt16BE(UDP_PAYLOAD, 3);
  bytes.writeUInt8(extendedRcode, 5);
  bytes.writeUInt16BE(dnssecOk ? DO : 0, 7);
  bytes.writeUInt16BE(length, 9);
  let at = FIXED;
  for (const { code, data } of options) {
    bytes.writeUInt16BE(code, at);
    bytes.writeUInt16BE(data.length, at + 2);
    bytes.set(data, at + 4);
    at += 4 + data.length;
  }
  return bytes;
}
