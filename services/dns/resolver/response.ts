// Classifies the response of a name server (RFC 1034, 4.3.1). Only records in the server's zone are used: others may be forged, and
// would poison the cache (RFC 5452, 6).

import { DnsFormatError, folded, isWithin, readName } from '../../../otel/propagation/dns-name.ts';
import { CLASS_IN, RCODES, typeName } from '../../../otel/propagation/dns-numbers.ts';
import { isAuthoritative, isTruncated, type RecordAt, rcodeOf, readMessage } from '../../../runtime/dns/message.ts';
import { type DnsRecord, recordType, type Soa } from '../records.ts';
import type { Delegation } from './cache.ts';

export type Response =
  /** The aliases in the zone, then the records of `target`; none when the last alias leads out of the zone. */
  | { kind: 'answer'; aliases: DnsRecord[]; target: string; records: DnsRecord[] }
  | { kind: 'referral'; delegation: Delegation; ttl: number }
  | { kind: 'nxdomain' | 'nodata'; aliases: DnsRecord[]; target: string; soa: DnsRecord }
  | { kind: 'truncated' | 'lame' | 'refused' | 'malformed' };

const MAX_ALIASES = 11;

/** Classifies `bytes`, the response of a name server of `zone` to a query for `name` and `type`; names folded. */
export function readResponse(
  bytes: Buffer,
  { zone, name, type }: { zone: string; name: string; type: string },
): Response {
  if (isTruncated(bytes)) return { kind: 'truncated' };
  const rcode = rcodeOf(bytes);
  if (rcode !== RCODES.NOERROR && rcode !== RCODES.NXDOMAIN) return { kind: 'refused' };

  const sections = readSections(bytes, zone);
  if (sections === undefined) return { kind: 'malformed' };
  const { answers, authorities, additionals } = sections;
  if (!isAuthoritative(bytes)) return referral(authorities, additionals, { zone, name }) ?? { kind: 'lame' };
  const { aliases, target } = followAliases(answers, name, type);
  const records = answers.filter((record) => isAt(record, target) && (type === 'ANY' || record.type === type));
  if (records.length > 0) return { kind: 'answer', aliases, target, records };
  if (!isWithin(target, zone)) return { kind: 'answer', aliases, target, records: [] }; // outside of its zone
  const soa = authorities.find(
    (record) => record.type === 'SOA' && isAuthoritativeFor(folded(record.name), target, type),
  );
  if (soa) {
    const ttl = Math.min(soa.ttl, (soa.data as Soa).minimum); // RFC 2308, 5
    return { kind: rcode === RCODES.NXDOMAIN ? 'nxdomain' : 'nodata', aliases, target, soa: { ...soa, ttl } };
  }
  return aliases.length > 0 ? { kind: 'answer', aliases, target, records: [] } : { kind: 'lame' };
}

/** Whether the SOA of `zone` is valid for a negative answer about `name`; DS is in the parent zone. */
function isAuthoritativeFor(zone: string, name: string, type: string): boolean {
  return isWithin(name, zone) && !(type === 'DS' && name === zone && zone !== '.');
}

/** The records of names in `zone`; undefined for a malformed message. */
function readSections(bytes: Buffer, zone: string) {
  const inZone = (records: readonly RecordAt[]) =>
    records.flatMap((each) => recordFrom(bytes, each)).filter((record) => isWithin(folded(record.name), zone));
  try {
    const { answers, authorities, additionals } = readMessage(bytes);
    return { answers: inZone(answers), authorities: inZone(authorities), additionals: inZone(additionals) };
  } catch (error) {
    if (!(error instanceof DnsFormatError)) throw error;
    return undefined;
  }
}

/** A referral must lead to a zone below the one queried, at or above the name. */
function referral(
  authorities: readonly DnsRecord[],
  additionals: readonly DnsRecord[],
  { zone, name }: { zone: string; name: string },
): Response | undefined {
  const first = authorities.find((record) => record.type === 'NS');
  const below = first && folded(first.name);
  if (below === undefined || below === zone || !isWithin(name, below)) return undefined;
  const set = authorities.filter((record) => record.type === 'NS' && isAt(record, below));
  const servers = set.map(({ data }) => {
    const server = folded(data as string);
    const glue = additionals.filter((record) => record.type === 'A' && isAt(record, server));
    return { name: server, addresses: glue.map((record) => record.data as string) };
  });
  return { kind: 'referral', delegation: { zone: below, servers }, ttl: first?.ttl ?? 0 };
}

function followAliases(
  answers: readonly DnsRecord[],
  name: string,
  type: string,
): { aliases: DnsRecord[]; target: string } {
  const aliases: DnsRecord[] = [];
  let target = name;
  while (type !== 'CNAME' && type !== 'ANY' && aliases.length < MAX_ALIASES) {
    const alias = answers.find((record) => record.type === 'CNAME' && isAt(record, target));
    if (alias === undefined || aliases.includes(alias)) break;
    aliases.push(alias);
    target = folded(alias.data as string);
  }
  return { aliases, target };
}

function isAt(record: DnsRecord, name: string): boolean {
  return folded(record.name) === name;
}

/** The record in memory; none for another class. */
function recordFrom(bytes: Buffer, { name, type: code, class: classOf, ttl, start, end }: RecordAt): DnsRecord[] {
  if (classOf !== CLASS_IN) return [];
  const type = typeName(code);
  const kept = ttl > 0x7fffffff ? 0 : ttl; // RFC 2181, 8
  return [{ name: readName(bytes, name), type, ttl: kept, data: recordType(type).read(bytes, start, end) }];
}
