// Reads what a name server answered: which of the four things that it can say (RFC 1034, 4.3.1), and of its records only
// those that it may speak of: names in its own zone. Others could be lies that the cache would then repeat (RFC 5452, 6).

import { decode } from 'dns-packet';
import { isWithin } from '../message/name.ts';
import { canonical, type Data, type DnsRecord, types } from '../records.ts';
import type { Delegation } from './cache.ts';

export type Response =
  /** The aliases followed within the zone, then the records; none when the last alias leads out of the zone. */
  | { kind: 'answer'; aliases: DnsRecord[]; target: string; records: DnsRecord[] }
  | { kind: 'referral'; delegation: Delegation; ttl: number }
  | { kind: 'nxdomain' | 'nodata'; aliases: DnsRecord[]; target: string; soa: DnsRecord }
  | { kind: 'truncated' | 'lame' | 'refused' | 'malformed' };

const MAX_ALIASES = 8;

/** What `bytes` says about `name` and `type`, from a server of `zone`. */
export function readResponse(
  bytes: Buffer,
  { zone, name, type }: { zone: string; name: string; type: string },
): Response {
  let sections: { answers: DnsRecord[]; authorities: DnsRecord[]; additionals: DnsRecord[] };
  let header: { flag_tc: boolean; flag_aa: boolean; rcode: string };
  try {
    const message = decode(bytes);
    header = message as typeof message & { rcode: string };
    const within = (records: readonly unknown[] = []) =>
      records.flatMap(fromPacket).filter((record) => isWithin(record.name, zone));
    sections = {
      answers: within(message.answers),
      authorities: within(message.authorities),
      additionals: within(message.additionals),
    };
  } catch {
    return { kind: 'malformed' };
  }
  const { answers, authorities, additionals } = sections;
  if (header.flag_tc) return { kind: 'truncated' };
  if (header.rcode !== 'NOERROR' && header.rcode !== 'NXDOMAIN') return { kind: 'refused' };

  if (!header.flag_aa) return referral(authorities, additionals, { zone, name }) ?? { kind: 'lame' };
  const { aliases, target } = followAliases(answers, name, type);
  const records = answers.filter((record) => record.name === target && (type === 'ANY' || record.type === type));
  if (records.length > 0) return { kind: 'answer', aliases, target, records };
  const soa = authorities.find((record) => record.type === 'SOA');
  if (soa) return { kind: header.rcode === 'NXDOMAIN' ? 'nxdomain' : 'nodata', aliases, target, soa };
  return aliases.length > 0 ? { kind: 'answer', aliases, target, records: [] } : { kind: 'lame' };
}

/** A referral must lead downwards: to a zone below the one asked, at or above the name. */
function referral(
  authorities: readonly DnsRecord[],
  additionals: readonly DnsRecord[],
  { zone, name }: { zone: string; name: string },
): Response | undefined {
  const first = authorities.find((record) => record.type === 'NS');
  if (first === undefined || first.name === zone || !isWithin(name, first.name)) return undefined;
  const set = authorities.filter((record) => record.type === 'NS' && record.name === first.name);
  const servers = set.map(({ data: server }) => ({
    name: server as string,
    addresses: additionals.flatMap((glue) => (glue.type === 'A' && glue.name === server ? [glue.data as string] : [])),
  }));
  return { kind: 'referral', delegation: { zone: first.name, servers }, ttl: first.ttl };
}

function followAliases(
  answers: readonly DnsRecord[],
  name: string,
  type: string,
): { aliases: DnsRecord[]; target: string } {
  const aliases: DnsRecord[] = [];
  let target = name;
  while (type !== 'CNAME' && type !== 'ANY' && aliases.length < MAX_ALIASES) {
    const alias = answers.find((record) => record.name === target && record.type === 'CNAME');
    if (alias === undefined || aliases.includes(alias)) break;
    aliases.push(alias);
    target = alias.data as string;
  }
  return { aliases, target };
}

/** A record as dns-packet decodes it; none of a type that is not known here. */
function fromPacket(decoded: unknown): DnsRecord[] {
  const { name, type, ttl = 0, data, class: classOf } = decoded as DnsRecord & { class?: string };
  const known = types[type];
  if (known === undefined || classOf !== 'IN') return [];
  const kept = Math.min(ttl, 0x7fffffff); // RFC 2181, 8
  return [{ name: canonical(name), type, ttl: kept, data: (known.fromPacket?.(data) ?? data) as Data }];
}
