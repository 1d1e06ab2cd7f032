// The walk of one question: from the nearest zone whose name servers are known, at first the root, down to the zone that
// knows, and on from there when the answer is an alias (RFC 1034, 5.3.3).
//
//   remembered? ── yes ──→ found
//      │ no
//   ask the servers of the nearest zone ←──────────────┐
//      ├─ referral: remember whom to ask below ────────┘
//      ├─ alias (CNAME): the same for the name it leads to
//      └─ answer, no such name, no such record: remember, found

import { folded, isWithin, parentOf } from '../../../otel/propagation/dns-name.ts';
import { DnsFailure } from '../errors.ts';
import type { DnsRecord } from '../records.ts';
import type { Cache, Delegation, Found, NameServer } from './cache.ts';
import type { Response } from './response.ts';

/** Asks one of the zone's servers; throws a DnsFailure when none of them gives a usable answer. */
export type AskZone = (delegation: Delegation, question: Question) => Promise<Response>;
/** What is looked for; the name folded. */
export type Question = { name: string; type: string };

/** As unbound: a chain of more is given up. */
const MAX_ALIASES = 11;
const MAX_ASKS = 30;
const MAX_DEPTH = 3;

/** Walks; one object for each question that is walked. */
export class Walk {
  /** The zone that was asked first; undefined when all was remembered. */
  first: string | undefined;
  readonly #cache: Cache;
  readonly #root: Delegation;
  readonly #ask: AskZone;
  #asks = 0;

  constructor({ cache, root, ask }: { cache: Cache; root: Delegation; ask: AskZone }) {
    this.#cache = cache;
    this.#root = root;
    this.#ask = ask;
  }

  /** The answer to the question; throws a DnsFailure when there is no finding out. */
  async find({ name, type }: Question, depth = 0): Promise<Found> {
    const answers: DnsRecord[] = [];
    const followed = new Set<string>();
    for (let target = name; followed.size <= MAX_ALIASES && !followed.has(target); ) {
      followed.add(target);
      const remembered = this.#remembered(target, type) ?? (await this.#walkTo(target, type, depth));
      answers.push(...remembered.answers);
      const alias = type === 'ANY' ? undefined : remembered.answers.at(-1);
      if (remembered.authorities.length > 0 || alias?.type !== 'CNAME' || type === 'CNAME') {
        return { ...remembered, answers };
      }
      target = folded(alias.data as string);
    }
    throw new DnsFailure('alias_loop', name);
  }

  #remembered(name: string, type: string): Found | undefined {
    const missing = this.#cache.missing(name);
    if (missing) return { rcode: 'NXDOMAIN', answers: [], authorities: [missing] };
    const alias = this.#cache.set(name, 'CNAME');
    const records = this.#cache.set(name, type) ?? (alias?.[0]?.type === 'CNAME' ? alias : undefined);
    if (records === undefined) return undefined;
    const [first] = records;
    const none = first?.type === 'SOA' && (type !== 'SOA' || folded(first.name) !== name);
    return { rcode: 'NOERROR', answers: none ? [] : records, authorities: none ? records : [] };
  }

  async #walkTo(name: string, type: string, depth: number): Promise<Found> {
    const below = type === 'DS' ? (parentOf(name) ?? name) : name; // a zone's DS stands in the zone above (RFC 4035, 3.1.4.1)
    for (let delegation = this.#cache.nearest(below) ?? this.#root; ; ) {
      if (++this.#asks > MAX_ASKS) throw new DnsFailure('too_long', name);
      this.first ??= delegation.zone;
      const response = await this.#ask(await this.#withAddresses(delegation, depth), { name, type });
      if (response.kind === 'referral') {
        delegation = response.delegation;
        this.#cache.keepDelegation(delegation, response.ttl);
      } else if (response.kind === 'answer') {
        for (const alias of response.aliases) this.#cache.keepSet(folded(alias.name), 'CNAME', [alias]);
        if (response.records.length > 0) this.#cache.keepSet(response.target, type, response.records);
        return { rcode: 'NOERROR', answers: [...response.aliases, ...response.records], authorities: [] };
      } else if (response.kind === 'nxdomain' || response.kind === 'nodata') {
        for (const alias of response.aliases) this.#cache.keepSet(folded(alias.name), 'CNAME', [alias]);
        const missing = response.kind === 'nxdomain';
        if (missing) this.#cache.keepMissing(response.target, response.soa);
        else this.#cache.keepSet(response.target, type, [response.soa]);
        return { rcode: missing ? 'NXDOMAIN' : 'NOERROR', answers: response.aliases, authorities: [response.soa] };
      } else {
        throw new DnsFailure(response.kind, delegation.zone);
      }
    }
  }

  /** A delegation without glue: the addresses of its servers have to be found first. */
  async #withAddresses(delegation: Delegation, depth: number): Promise<Delegation> {
    if (delegation.servers.some(({ addresses }) => addresses.length > 0)) return delegation;
    const servers: NameServer[] = [];
    for (const { name } of delegation.servers) {
      const circular = isWithin(name, delegation.zone) || depth >= MAX_DEPTH;
      const found = circular ? undefined : await this.find({ name, type: 'A' }, depth + 1);
      const addresses = found?.answers.flatMap(({ type, data }) => (type === 'A' ? [data as string] : [])) ?? [];
      servers.push({ name, addresses });
    }
    if (servers.every(({ addresses }) => addresses.length === 0)) throw new DnsFailure('no_address', delegation.zone);
    return { zone: delegation.zone, servers };
  }
}
