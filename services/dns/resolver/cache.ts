// The resolver's cache; each entry is kept for its TTL (RFC 1035, 3.2.1; RFC 2308 for negative answers):
//
//   replies      question → the encoded reply                        serves most queries
//   rrsets       name, type → records, or the SOA of "no data"       the results of lookups, and parts of other answers
//   nonexistent  name → the SOA of "no such name"                    nothing exists below it either (RFC 8020)
//   delegations  zone → its name servers, with addresses             where a lookup can begin
//
// Each has a bound: the entry stored first is evicted first. Names are folded; records keep their case. Beside the shared cache there
// are private ones, each for the queries that name it (EDNS0 option 65501; docs/decisions/120-cold-visits.md).

import { parentsOf } from '../../../otel/propagation/dns-name.ts';
import type { Rcode } from '../../../otel/propagation/dns-numbers.ts';
import type { Encoded } from '../message/reply.ts';
import type { DnsRecord } from '../records.ts';

const MAX_ENTRIES = 10_000;
/** Of private caches, of which the least recently used one is dropped first; and of the entries of each. */
const MAX_PRIVATE = 100;
const MAX_PRIVATE_ENTRIES = 100;

/** A zone and its name servers: their names, and their IPv4 addresses as far as they are known. */
export type Delegation = { zone: string; servers: { name: string; addresses: string[] }[] };

/** The result of a lookup. */
export type LookupResult = {
  rcode: Rcode;
  answers: DnsRecord[];
  /** Of a negative answer: the SOA record, whose TTL is how long it is valid. */
  authorities: DnsRecord[];
  /** With SERVFAIL: why. */
  failure?: Error;
};

/** A reply ready to be sent. */
export type CachedReply = {
  name: string;
  result: LookupResult;
  records: Encoded;
  /** `dns.answers` of its span. */
  texts: string[];
  /** For how many seconds it is cached in all: the least TTL in it. */
  ttl: number;
};

export class Cache {
  readonly replies: Expiring<CachedReply>;
  readonly #rrsets: Expiring<DnsRecord[]>;
  readonly #nonexistent: Expiring<DnsRecord[]>;
  readonly #delegations: Expiring<Delegation>;

  /** `now` returns ms. */
  constructor(now: () => number, maxEntries = MAX_ENTRIES) {
    this.replies = new Expiring(now, maxEntries);
    this.#rrsets = new Expiring(now, maxEntries);
    this.#nonexistent = new Expiring(now, maxEntries);
    this.#delegations = new Expiring(now, maxEntries);
  }

  /** The records of a name and type with the rest of their TTLs; of no data, the SOA record of its zone. */
  rrset(name: string, type: string): DnsRecord[] | undefined {
    return aged(this.#rrsets.get(`${name} ${type}`));
  }

  storeRrset(name: string, type: string, records: DnsRecord[]): void {
    this.#rrsets.set(`${name} ${type}`, records, minTtl(records));
  }

  /** The SOA record of the answer that `name`, or a name above it, does not exist. */
  nonexistent(name: string): DnsRecord | undefined {
    return aged(nearest(this.#nonexistent, name))?.[0];
  }

  storeNonexistent(name: string, soa: DnsRecord): void {
    this.#nonexistent.set(name, [soa], soa.ttl);
  }

  /** The cached delegation that is nearest to `name`, at or above it. */
  nearestDelegation(name: string): Delegation | undefined {
    return nearest(this.#delegations, name)?.value;
  }

  storeDelegation(delegation: Delegation, ttl: number): void {
    this.#delegations.set(delegation.zone, delegation, ttl);
  }
}

/** The caches of a resolver; `now` returns ms. */
export class Caches {
  readonly #now: () => number;
  #shared: Cache;
  readonly #private = new Map<string, Cache>();

  constructor(now: () => number) {
    this.#now = now;
    this.#shared = new Cache(now);
  }

  /** The cache of that name, empty when it is new; '' is the shared one. */
  named(name: string): Cache {
    if (name === '') return this.#shared;
    const cache = this.#private.get(name) ?? new Cache(this.#now, MAX_PRIVATE_ENTRIES);
    this.#private.delete(name);
    this.#private.set(name, cache);
    if (this.#private.size > MAX_PRIVATE) this.#private.delete(this.#private.keys().next().value as string);
    return cache;
  }

  clear(): void {
    this.#shared = new Cache(this.#now);
    this.#private.clear();
  }
}

/** The least TTL of records, in seconds; 0 for none. */
export function minTtl(records: readonly DnsRecord[]): number {
  return records.length === 0 ? 0 : Math.min(...records.map(({ ttl }) => ttl));
}

function nearest<V>(entries: Expiring<V>, name: string) {
  for (const each of [name, ...parentsOf(name)]) {
    const entry = entries.get(each);
    if (entry) return entry;
  }
  return undefined;
}

function aged(entry: { value: DnsRecord[]; age: number } | undefined): DnsRecord[] | undefined {
  return entry?.value.map((record) => ({ ...record, ttl: Math.max(0, record.ttl - entry.age) }));
}

/** A map whose entries expire. */
class Expiring<V> {
  readonly #entries = new Map<string, { value: V; storedAt: number; ttl: number }>();
  readonly #now: () => number;
  readonly #max: number;

  constructor(now: () => number, max: number) {
    this.#now = now;
    this.#max = max;
  }

  /** `age`: whole seconds since it was stored. */
  get(key: string): { value: V; age: number } | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    const age = (this.#now() - entry.storedAt) / 1000;
    if (age < entry.ttl) return { value: entry.value, age: Math.floor(age) };
    this.#entries.delete(key);
    return undefined;
  }

  /** Stores `value` for `ttl` seconds. */
  set(key: string, value: V, ttl: number): void {
    if (ttl <= 0) return;
    this.#entries.delete(key);
    this.#entries.set(key, { value, storedAt: this.#now(), ttl });
    if (this.#entries.size > this.#max) this.#entries.delete(this.#entries.keys().next().value as string);
  }
}
