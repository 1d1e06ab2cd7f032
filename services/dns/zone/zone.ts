// One zone, held in memory for its authoritative server: built from its file, checked, and asked (RFC 1034, 4.3.2).
//
//   names:  tatis.test. ─ SOA, NS, A        a name's records by type; every set in the order of the file
//           www.tatis.test. ─ CNAME
//   between: names that have no records but something below them ("empty non-terminals"): NODATA, not NXDOMAIN
//
// Names are kept folded; records have their letters as the file has them. A wildcard (*.letters) answers for every name
// below its parent that does not exist (RFC 4592).

import { readFileSync } from 'node:fs';
import { folded, isWithin, parentsOf } from '../../../otel/propagation/dns-name.ts';
import { reasonOf } from '../../../runtime/folder.ts';
import type { DnsRecord, Mx, Soa } from '../records.ts';
import { type Entry, parseMasterFile, ZoneFileError } from './master-file.ts';

/** What a zone says to a question. */
export type Finding = {
  kind: 'answer' | 'referral' | 'nxdomain' | 'nodata' | 'refused';
  answers: DnsRecord[];
  authorities: DnsRecord[];
  additionals: DnsRecord[];
};

/** RFC 8482, 4.2: what a question for "everything" gets, so that it is no amplifier for attackers. */
const RFC8482 = [Buffer.from('RFC8482'), Buffer.alloc(0)];

export class Zone {
  readonly name: string;
  readonly #names = new Map<string, Map<string, DnsRecord[]>>();
  readonly #between = new Set<string>();

  /** Reads `file`, the zone of `name`; throws a ZoneFileError with file, line and reason on what is wrong in it. */
  static read(name: string, file: string): Zone {
    try {
      return new Zone(name, file, readFileSync(file, 'latin1'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
      throw new Error(
        `WAYBILL_DNS_ZONES: ${file} cannot be read (${reasonOf(error)}). Name a folder of zone files, or unset it.`,
      );
    }
  }

  constructor(name: string, file: string, text: string) {
    this.name = name;
    const entries = parseMasterFile(text, { file, origin: name });
    for (const { line: _, ...record } of entries) this.#add(record);
    for (const entry of entries) {
      const reason = this.#problemWith(entry, entries);
      if (reason !== undefined) throw new ZoneFileError(file, entry.line, reason);
    }
    if (!this.#names.get(name)?.has('SOA')) throw new ZoneFileError(file, 1, `there is no SOA record for ${name}`);
    if (!this.#names.get(name)?.has('NS')) throw new ZoneFileError(file, 1, `there is no NS record for ${name}`);
  }

  /** How many records it has. */
  get size(): number {
    return [...this.#names.values()].flatMap((types) => [...types.values()].flat()).length;
  }

  /** What this zone knows about `name` (absolute, lower case) and `type`. */
  find(name: string, type: string): Finding {
    const found: Finding = { kind: 'answer', answers: [], authorities: [], additionals: [] };
    if (!isWithin(name, this.name)) return { ...found, kind: 'refused' };

    const followed = new Set<string>();
    for (let target = name; !followed.has(target); ) {
      followed.add(target);
      const cut = this.#cutAbove(target);
      if (cut !== undefined && !(type === 'DS' && cut === target)) {
        if (found.answers.length > 0) return found; // the resolver asks on from the CNAME
        const authorities = this.#set(cut, 'NS');
        return { ...found, kind: 'referral', authorities, additionals: this.#addressesFor(authorities) };
      }
      const types = this.#typesOf(target);
      if (types === undefined) return { ...found, ...this.#negative('nxdomain') };

      const records = type === 'ANY' ? this.#everything(target, types) : types.get(type);
      if (records !== undefined) {
        found.answers.push(...records);
        found.additionals.push(...this.#addressesFor(records));
        return found;
      }
      const [cname] = types.get('CNAME') ?? [];
      if (cname === undefined) return { ...found, ...this.#negative('nodata') };
      found.answers.push(cname);
      target = folded(cname.data as string);
      if (!isWithin(target, this.name)) return found;
    }
    return found; // aliases in a circle: each once
  }

  #add(record: DnsRecord): void {
    const name = folded(record.name);
    const types = this.#names.get(name) ?? new Map<string, DnsRecord[]>();
    this.#names.set(name, types);
    types.set(record.type, [...(types.get(record.type) ?? []), record]);
    for (const parent of parentsOf(name)) {
      if (parent.length <= this.name.length) break;
      this.#between.add(parent);
    }
  }

  #set(name: string, type: string): DnsRecord[] {
    return this.#names.get(folded(name))?.get(type) ?? [];
  }

  /** The records at `name`, or those of the wildcard that stands for it; none for a name between; undefined for no name. */
  #typesOf(name: string): ReadonlyMap<string, DnsRecord[]> | undefined {
    const exists = (each: string) => this.#names.has(each) || this.#between.has(each);
    if (exists(name)) return this.#names.get(name) ?? new Map();
    const source = `*.${parentsOf(name).find(exists)}`;
    if (!exists(source)) return undefined;
    const wildcard = this.#names.get(source) ?? new Map<string, DnsRecord[]>();
    return new Map([...wildcard].map(([type, records]) => [type, records.map((record) => ({ ...record, name }))]));
  }

  /** The zone cut at or above `name`, the highest: below it this zone has nothing to say but whom to ask. */
  #cutAbove(name: string): string | undefined {
    const path = [name, ...parentsOf(name)].filter((each) => each !== this.name && isWithin(each, this.name));
    return path.reverse().find((each) => this.#names.get(each)?.has('NS'));
  }

  #negative(kind: 'nxdomain' | 'nodata'): Pick<Finding, 'kind' | 'authorities'> {
    const [soa] = this.#set(this.name, 'SOA') as [DnsRecord];
    const ttl = Math.min(soa.ttl, (soa.data as Soa).minimum); // RFC 2308, 3
    return { kind, authorities: [{ ...soa, ttl }] };
  }

  #everything(name: string, types: ReadonlyMap<string, unknown>): DnsRecord[] | undefined {
    if (types.size === 0) return undefined;
    const [soa] = this.#set(this.name, 'SOA') as [DnsRecord];
    return [{ name, type: 'HINFO', ttl: soa.ttl, data: RFC8482 }];
  }

  /** Of the hosts that `records` name; those of a zone below only where its name servers are asked for. */
  #addressesFor(records: readonly DnsRecord[]): DnsRecord[] {
    return [...hostsOf(records)].flatMap((host) => {
      const isBelow = this.#cutAbove(host) !== undefined;
      if (!isWithin(host, this.name) || (isBelow && records[0]?.type !== 'NS')) return [];
      const types = isBelow ? this.#names.get(host) : this.#typesOf(host);
      return [...(types?.get('A') ?? []), ...(types?.get('AAAA') ?? [])];
    });
  }

  #problemWith({ type, ttl, data, line, ...entry }: Entry, entries: readonly Entry[]): string | undefined {
    const name = folded(entry.name);
    if (!isWithin(name, this.name)) return `${entry.name} is not in the zone ${this.name}`;
    const set = entries.filter((each) => folded(each.name) === name && each.type === type);
    const first = set[0] as Entry;
    if (set.some((each) => each.line < line && JSON.stringify(each.data) === JSON.stringify(data))) {
      return `this record stands in line ${first.line} already`;
    }
    if (ttl !== first.ttl)
      return `its TTL is ${ttl}, but ${first.ttl} in line ${first.line} for the same set (RFC 2181, 5.2)`;
    if (type === 'SOA' && name !== this.name) return `an SOA record belongs at ${this.name} only`;
    if ((type === 'SOA' || type === 'CNAME') && set.length > 1)
      return `a second ${type} record, after line ${first.line}`;
    const types = this.#names.get(name) as Map<string, unknown>;
    if (type === 'CNAME' && types.size > 1)
      return `a CNAME record must be the only one of ${entry.name} (RFC 1034, 3.6.2)`;
    if (type === 'NS' && name.startsWith('*.')) return 'a wildcard can not hand over a zone (RFC 4592, 4.2)';
    const server = hostOf({ type, data });
    if (server === undefined) return undefined;
    const host = folded(server);
    const isGlue = type === 'NS' && name !== this.name && isWithin(host, name);
    if (!isGlue && this.#cutAbove(host) !== undefined) return undefined; // its addresses are for the zone below to know
    const found = isGlue ? this.#names.get(host) : this.#typesOf(host);
    if (found?.has('CNAME')) return `${server} is an alias; ${type} must name a host (RFC 2181, 10.3)`;
    const isNeeded = isGlue || (isWithin(host, this.name) && (type === 'MX' || name === this.name));
    return isNeeded && !found?.has('A') && !found?.has('AAAA') ? `${server} has no address in this file` : undefined;
  }
}

/** The host that a record names, if it is of a type that names one. */
function hostOf({ type, data }: Pick<DnsRecord, 'type' | 'data'>): string | undefined {
  if (type === 'NS') return data as string;
  return type === 'MX' ? (data as Mx).exchange : undefined;
}

/** The hosts that `records` name, each once. */
function hostsOf(records: readonly DnsRecord[]): Set<string> {
  return new Set(records.flatMap((record) => hostOf(record) ?? []).map(folded));
}
