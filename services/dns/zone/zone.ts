// One zone in the memory of its name server: parsed from its file, checked, and queried (RFC 1034, 4.3.2).
//
//   names:  tatis.test. ─ SOA, NS, A        a name's RRsets by type, in the order of the file
//           www.tatis.test. ─ CNAME
//   empty non-terminals: names without records that have names below them: NODATA, not NXDOMAIN
//
// Names are folded; records keep the case of the file. A wildcard (*.letters) answers for every name below its parent that does
// not exist (RFC 4592).

import { readFileSync } from 'node:fs';
import { folded, isWithin, parentsOf } from '../../../otel/propagation/dns-name.ts';
import { reasonOf } from '../../../runtime/folder.ts';
import type { DnsRecord, Mx, Soa } from '../records.ts';
import { parseMasterFile, ZoneFileError, type ZoneRecord } from './master-file.ts';

export type ZoneAnswer = {
  kind: 'answer' | 'referral' | 'nxdomain' | 'nodata' | 'refused';
  answers: DnsRecord[];
  authorities: DnsRecord[];
  additionals: DnsRecord[];
};

/** The answer to ANY (RFC 8482, 4.2): a small one, which attackers cannot use for amplification. */
const RFC8482 = [Buffer.from('RFC8482'), Buffer.alloc(0)];

export class Zone {
  readonly name: string;
  readonly #names = new Map<string, Map<string, DnsRecord[]>>();
  readonly #emptyNonTerminals = new Set<string>();

  /** Reads `file`, the zone of `name`. Throws a ZoneFileError with file, line and reason. */
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
      const reason = this.#errorIn(entry, entries);
      if (reason !== undefined) throw new ZoneFileError(file, entry.line, reason);
    }
    if (!this.#names.get(name)?.has('SOA')) throw new ZoneFileError(file, 1, `${name} has no SOA record`);
    if (!this.#names.get(name)?.has('NS')) throw new ZoneFileError(file, 1, `${name} has no NS record`);
  }

  /** The zone's answer for `name` (folded) and `type`. */
  find(name: string, type: string): ZoneAnswer {
    const answer: ZoneAnswer = { kind: 'answer', answers: [], authorities: [], additionals: [] };
    if (!isWithin(name, this.name)) return { ...answer, kind: 'refused' };

    const followed = new Set<string>();
    for (let target = name; !followed.has(target); ) {
      followed.add(target);
      const cut = this.#cutAbove(target);
      if (cut !== undefined && !(type === 'DS' && cut === target)) {
        if (answer.answers.length > 0) return answer; // the resolver continues from the CNAME
        const authorities = this.#set(cut, 'NS');
        return { ...answer, kind: 'referral', authorities, additionals: this.#addressesFor(authorities) };
      }
      const types = this.#typesOf(target);
      if (types === undefined) return { ...answer, ...this.#negative('nxdomain') };

      const records = type === 'ANY' ? this.#anyAnswer(target, types) : types.get(type);
      if (records !== undefined) {
        answer.answers.push(...records);
        answer.additionals.push(...this.#addressesFor(records));
        return answer;
      }
      const [cname] = types.get('CNAME') ?? [];
      if (cname === undefined) return { ...answer, ...this.#negative('nodata') };
      answer.answers.push(cname);
      target = folded(cname.data as string);
      if (!isWithin(target, this.name)) return answer;
    }
    return answer; // a loop of aliases: each once
  }

  #add(record: DnsRecord): void {
    const name = folded(record.name);
    const types = this.#names.get(name) ?? new Map<string, DnsRecord[]>();
    this.#names.set(name, types);
    const set = types.get(record.type) ?? [];
    const isDuplicate = set.some(({ data }) => JSON.stringify(data) === JSON.stringify(record.data)); // RFC 2181, 5
    types.set(record.type, isDuplicate ? set : [...set, record]);
    for (const parent of parentsOf(name)) {
      if (parent.length <= this.name.length) break;
      this.#emptyNonTerminals.add(parent);
    }
  }

  #set(name: string, type: string): DnsRecord[] {
    return this.#names.get(folded(name))?.get(type) ?? [];
  }

  /** The RRsets of `name`, or of the wildcard that covers it; none for an empty non-terminal; undefined for a name that does not exist. */
  #typesOf(name: string): ReadonlyMap<string, DnsRecord[]> | undefined {
    const exists = (each: string) => this.#names.has(each) || this.#emptyNonTerminals.has(each);
    if (exists(name)) return this.#names.get(name) ?? new Map();
    const source = `*.${parentsOf(name).find(exists)}`;
    if (!exists(source)) return undefined;
    const wildcard = this.#names.get(source) ?? new Map<string, DnsRecord[]>();
    return new Map([...wildcard].map(([type, records]) => [type, records.map((record) => ({ ...record, name }))]));
  }

  /** The highest zone cut at or above `name`: from there on this zone has only a referral. */
  #cutAbove(name: string): string | undefined {
    const path = [name, ...parentsOf(name)].filter((each) => each !== this.name && isWithin(each, this.name));
    return path.reverse().find((each) => this.#names.get(each)?.has('NS'));
  }

  #negative(kind: 'nxdomain' | 'nodata'): Pick<ZoneAnswer, 'kind' | 'authorities'> {
    const [soa] = this.#set(this.name, 'SOA') as [DnsRecord];
    const ttl = Math.min(soa.ttl, (soa.data as Soa).minimum); // RFC 2308, 3
    return { kind, authorities: [{ ...soa, ttl }] };
  }

  #anyAnswer(name: string, types: ReadonlyMap<string, unknown>): DnsRecord[] | undefined {
    if (types.size === 0) return undefined;
    const [soa] = this.#set(this.name, 'SOA') as [DnsRecord];
    return [{ name, type: 'HINFO', ttl: soa.ttl, data: RFC8482 }];
  }

  /** The addresses of the hosts in `records`; of a host in a child zone only as glue in its referral. */
  #addressesFor(records: readonly DnsRecord[]): DnsRecord[] {
    return [...hostsOf(records)].flatMap((host) => {
      const isBelow = this.#cutAbove(host) !== undefined;
      if (!isWithin(host, this.name) || (isBelow && records[0]?.type !== 'NS')) return [];
      const types = isBelow ? this.#names.get(host) : this.#typesOf(host);
      return [...(types?.get('A') ?? []), ...(types?.get('AAAA') ?? [])];
    });
  }

  #errorIn({ type, ttl, data, ...entry }: ZoneRecord, entries: readonly ZoneRecord[]): string | undefined {
    const name = folded(entry.name);
    if (!isWithin(name, this.name)) return `${entry.name} is not in the zone ${this.name}`;
    const first = entries.find((each) => folded(each.name) === name && each.type === type) as ZoneRecord;
    if (ttl !== first.ttl)
      return `its TTL is ${ttl}, but ${first.ttl} in line ${first.line} of the same RRset (RFC 2181, 5.2)`;
    if (type === 'SOA' && name !== this.name) return `an SOA record belongs at ${this.name} only`;
    const types = this.#names.get(name) as Map<string, unknown[]>;
    if ((type === 'SOA' || type === 'CNAME') && (types.get(type)?.length ?? 0) > 1)
      return `a second ${type} record, after line ${first.line}`;
    if (type === 'CNAME' && types.size > 1)
      return `a CNAME record must be the only one of ${entry.name} (RFC 1034, 3.6.2)`;
    if (type === 'NS' && name.startsWith('*.')) return 'a wildcard cannot delegate a zone (RFC 4592, 4.2)';
    const server = hostOf({ type, data });
    if (server === undefined) return undefined;
    const host = folded(server);
    const isGlue = type === 'NS' && name !== this.name && isWithin(host, name);
    if (!isGlue && this.#cutAbove(host) !== undefined) return undefined; // its addresses are in the child zone
    const answer = isGlue ? this.#names.get(host) : this.#typesOf(host);
    if (answer?.has('CNAME')) return `${server} is an alias; ${type} must name a host (RFC 2181, 10.3)`;
    const isNeeded = isGlue || (isWithin(host, this.name) && (type === 'MX' || name === this.name));
    return isNeeded && !answer?.has('A') && !answer?.has('AAAA') ? `${server} has no address in this file` : undefined;
  }
}

/** The host in a record's data, if its type has one. */
function hostOf({ type, data }: Pick<DnsRecord, 'type' | 'data'>): string | undefined {
  if (type === 'NS') return data as string;
  return type === 'MX' ? (data as Mx).exchange : undefined;
}

/** The hosts in the data of `records`, each once. */
function hostsOf(records: readonly DnsRecord[]): Set<string> {
  return new Set(records.flatMap((record) => hostOf(record) ?? []).map(folded));
}
