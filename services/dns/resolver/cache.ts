// What the resolver remembers, each for as long as its TTL says (RFC 1035, 3.2.1; RFC 2308 for "there is none"):
//
//   replies      question → the encoded reply              what most questions need
//   sets         name, type → records, or none of them     what a walk found; parts of other answers
//   missing      name → no such name, and none below it    (RFC 8020)
//   delegations  zone → its name servers, with addresses   whom to ask; where a walk can begin
//
// Each is bounded: the entry that was put in first goes first. Names are folded; the records keep their letters.

import { parentsOf } from '../../../otel/propagation/dns-name.ts';
import type { Rcode } from '../../../otel/propagation/dns-numbers.ts';
import type { Encoded } from '../message/reply.ts';
import type { DnsRecord } from '../records.ts';

const MOST = 10_000;

/** A name server: its name, and its IPv4 addresses as far as they are known. */
export type NameServer = { name: string; addresses: string[] };
export type Delegation = { zone: string; servers: NameServer[] };

/** What was found for a question. */
export type Found = {
  rcode: Rcode;
  answers: DnsRecord[];
  /** The SOA record that says for how long there is nothing. */
  authorities: DnsRecord[];
  /** Why there is no answer, with SERVFAIL. */
  failure?: Error;
};

/** A reply ready to be sent; the times in ms. */
export type CachedReply = {
  name: string;
  found: Found;
  records: Encoded;
  /** `dns.answers` of its span. */
  texts: string[];
  /** For how many seconds it is remembered in all; the least TTL in it. */
  ttl: number;
  storedAt: number;
};

export class Cache {
  readonly replies: Expiring<CachedReply>;
  readonly #sets: Expiring<{ records: DnsRecord[]; storedAt: number }>;
  readonly #missing: Expiring<{ soa: DnsRecord; storedAt: number }>;
  readonly #delegations: Expiring<Delegation>;
  readonly #now: () => number;

  /** `now` gives ms. */
  constructor(now: () => number) {
    this.#now = now;
    this.replies = new Expiring(now);
    this.#sets = new Expiring(now);
    this.#missing = new Expiring(now);
    this.#delegations = new Expiring(now);
  }

  clear(): void {
    for (const map of [this.replies, this.#sets, this.#missing, this.#delegations]) map.clear();
  }

  /** The records of a set with what is left of their TTLs; an SOA record of another name says that there are none. */
  set(name: string, type: string): DnsRecord[] | undefined {
    const kept = this.#sets.get(`${name} ${type}`);
    return kept && this.#aged(kept.records, kept.storedAt);
  }

  keepSet(name: string, type: string, records: DnsRecord[]): void {
    this.#sets.set(`${name} ${type}`, { records, storedAt: this.#now() }, leastTtl(records));
  }

  /** The SOA record that says that `name`, or one above it, does not exist. */
  missing(name: string): DnsRecord | undefined {
    for (const each of [name, ...parentsOf(name)]) {
      const kept = this.#missing.get(each);
      if (kept) return this.#aged([kept.soa], kept.storedAt)[0];
    }
    return undefined;
  }

  keepMissing(name: string, soa: DnsRecord): void {
    this.#missing.set(name, { soa, storedAt: this.#now() }, soa.ttl);
  }

  /** Whom to ask about `name`: the name servers of the nearest zone at or above it that is known. */
  nearest(name: string): Delegation | undefined {
    for (const zone of [name, ...parentsOf(name)]) {
      const kept = this.#delegations.get(zone);
      if (kept) return kept;
    }
    return undefined;
  }

  keepDelegation(delegation: Delegation, ttl: number): void {
    this.#delegations.set(delegation.zone, delegation, ttl);
  }

  #aged(records: readonly DnsRecord[], storedAt: number): DnsRecord[] {
    const age = Math.floor((this.#now() - storedAt) / 1000);
    return records.map((record) => ({ ...record, ttl: Math.max(0, record.ttl - age) }));
  }
}

/** The least TTL of records, in seconds; 0 for none. */
export function leastTtl(records: readonly DnsRecord[]): number {
  return records.length === 0 ? 0 : Math.min(...records.map(({ ttl }) => ttl));
}

/** A map whose entries are gone after their time. */
class Expiring<V> {
  readonly #entries = new Map<string, { value: V; until: number }>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  get(key: string): V | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (this.#now() < entry.until) return entry.value;
    this.#entries.delete(key);
    return undefined;
  }

  /** Keeps `value` for `ttl` seconds. */
  set(key: string, value: V, ttl: number): void {
    if (ttl <= 0) return;
    this.#entries.delete(key);
    this.#entries.set(key, { value, until: this.#now() + ttl * 1000 });
    if (this.#entries.size > MOST) this.#entries.delete(this.#entries.keys().next().value as string);
  }

  clear(): void {
    this.#entries.clear();
  }
}
