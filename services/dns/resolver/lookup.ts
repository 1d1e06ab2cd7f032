// The iterative lookup of one question: from the nearest zone whose name servers are known, at first the root, down to the zone
// that has the answer, and on from there when the answer is an alias (RFC 1034, 5.3.3).
//
//   cached? ── yes ──→ result
//      │ no
//   query the name servers of the nearest zone ←───────┐
//      ├─ referral: store the delegation ──────────────┘
//      ├─ alias (CNAME): look up its target
//      └─ answer, no such name, no such record: store, result

import { folded, isWithin, parentOf } from '../../../otel/propagation/dns-name.ts';
import { DnsFailure } from '../errors.ts';
import type { DnsRecord } from '../records.ts';
import type { Cache, Delegation, LookupResult } from './cache.ts';
import type { Response } from './response.ts';

/** Queries the name servers of a zone; throws a DnsFailure when none of them gives a usable response. */
export type QueryZone = (delegation: Delegation, question: Question) => Promise<Response>;
/** `name` is folded. */
export type Question = { name: string; type: string };

/** As unbound: a longer chain of aliases is SERVFAIL. */
const MAX_ALIASES = 11;
const MAX_QUERIES = 30;
/** How deep lookups of name servers' addresses may be nested. */
const MAX_DEPTH = 3;

/** One object for each question that is looked up. */
export class Lookup {
  /** The zone that was queried first; undefined when all was cached. */
  firstZone: string | undefined;
  readonly #cache: Cache;
  readonly #root: Delegation;
  readonly #queryZone: QueryZone;
  #queries = 0;

  constructor(cache: Cache, root: Delegation, queryZone: QueryZone) {
    this.#cache = cache;
    this.#root = root;
    this.#queryZone = queryZone;
  }

  /** Looks up the question. Throws a DnsFailure when no name server gives a usable response. */
  async find({ name, type }: Question, depth = 0): Promise<LookupResult> {
    const answers: DnsRecord[] = [];
    const followed = new Set<string>();
    for (let target = name; followed.size <= MAX_ALIASES && !followed.has(target); ) {
      followed.add(target);
      const result = this.#fromCache(target, type) ?? (await this.#iterate(target, type, depth));
      answers.push(...result.answers);
      const alias = type === 'ANY' ? undefined : result.answers.at(-1);
      if (result.authorities.length > 0 || alias?.type !== 'CNAME' || type === 'CNAME') return { ...result, answers };
      target = folded(alias.data as string);
    }
    throw new DnsFailure('alias_loop', name);
  }

  #fromCache(name: string, type: string): LookupResult | undefined {
    const nonexistent = this.#cache.nonexistent(name);
    if (nonexistent) return { rcode: 'NXDOMAIN', answers: [], authorities: [nonexistent] };
    const alias = this.#cache.rrset(name, 'CNAME');
    const records = this.#cache.rrset(name, type) ?? (alias?.[0]?.type === 'CNAME' ? alias : undefined);
    if (records === undefined) return undefined;
    const [first] = records;
    const isNoData = first?.type === 'SOA' && (type !== 'SOA' || folded(first.name) !== name);
    return { rcode: 'NOERROR', answers: isNoData ? [] : records, authorities: isNoData ? records : [] };
  }

  async #iterate(name: string, type: string, depth: number): Promise<LookupResult> {
    const start = type === 'DS' ? (parentOf(name) ?? name) : name; // DS is in the parent zone (RFC 4035, 3.1.4.1)
    let delegation = this.#cache.nearestDelegation(start) ?? this.#root;
    for (;;) {
      if (++this.#queries > MAX_QUERIES) throw new DnsFailure('too_many_queries', name);
      this.firstZone ??= delegation.zone;
      const response = await this.#queryZone(await this.#withAddresses(delegation, depth), { name, type });
      switch (response.kind) {
        case 'referral':
          delegation = response.delegation;
          this.#cache.storeDelegation(delegation, response.ttl);
          break;
        case 'answer':
          this.#storeAliases(response.aliases);
          if (response.records.length > 0) this.#cache.storeRrset(response.target, type, response.records);
          return { rcode: 'NOERROR', answers: [...response.aliases, ...response.records], authorities: [] };
        case 'nxdomain':
          this.#storeAliases(response.aliases);
          this.#cache.storeNonexistent(response.target, response.soa);
          return { rcode: 'NXDOMAIN', answers: response.aliases, authorities: [response.soa] };
        case 'nodata':
          this.#storeAliases(response.aliases);
          this.#cache.storeRrset(response.target, type, [response.soa]);
          return { rcode: 'NOERROR', answers: response.aliases, authorities: [response.soa] };
        default:
          throw new DnsFailure(response.kind, delegation.zone);
      }
    }
  }

  #storeAliases(aliases: readonly DnsRecord[]): void {
    for (const alias of aliases) this.#cache.storeRrset(folded(alias.name), 'CNAME', [alias]);
  }

  /** A delegation without glue: the addresses of its name servers are looked up first. */
  async #withAddresses({ zone, servers }: Delegation, depth: number): Promise<Delegation> {
    if (servers.some(({ addresses }) => addresses.length > 0)) return { zone, servers };
    const located: Delegation['servers'] = [];
    for (const { name } of servers) {
      const isCircular = isWithin(name, zone) || depth >= MAX_DEPTH;
      const result = isCircular ? undefined : await this.find({ name, type: 'A' }, depth + 1);
      const addresses = result?.answers.flatMap(({ type, data }) => (type === 'A' ? [data as string] : [])) ?? [];
      located.push({ name, addresses });
    }
    if (located.every(({ addresses }) => addresses.length === 0)) throw new DnsFailure('no_address', zone);
    return { zone, servers: located };
  }
}
