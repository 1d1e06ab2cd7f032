// The faults of DNS: what can be broken on purpose with the name server of a zone, and how much. To add one: an entry here, and
// what it does in authority.ts. The control port breaks the server of one zone; the variables WAYBILL_DNS_FAULT_<NAME> of any.

import * as v from 'valibot';
import type { FaultDefinition } from '../../runtime/control/faults.ts';
import { checked, object, oneOf, table, wholeNumber } from '../../runtime/control/schema.ts';

/** The zone whose name server the control port breaks. */
const ZONE = 'tatis.test.';

type Words = { title: string; sentence: string; look: string };
/** `range`: of what is measured; the others are on (1) or off (0). */
type ZoneFault = Words & { range?: { min: number; max: number; unit: string } };

const FAULTS = {
  slow: {
    title: 'A slow name server',
    sentence: `Delay every answer of ${ZONE}'s name server. Above WAYBILL_DNS_TIMEOUT the resolver asks again.`,
    look: `A cold visit: \`ask ${ZONE}\` becomes the longest bar. A warm visit does not change: the answer is cached.`,
    range: { min: 0, max: 10_000, unit: 'ms' },
  },
  lost: {
    title: 'Lost datagrams',
    sentence: `Drop this percentage of DNS packets to ${ZONE}'s name server.`,
    look: 'A cold visit: an `ask` that ends with timeout, and another one that asks again.',
    range: { min: 0, max: 100, unit: 'percent' },
  },
  lame: {
    title: 'A lame delegation',
    sentence: `The server that test. names for ${ZONE} does not know the zone, and refuses.`,
    look: 'A cold visit ends at the resolver with SERVFAIL: `ask` says lame, `answer` says refused.',
  },
  wrong: {
    title: 'A forger',
    sentence: `The name server of ${ZONE} answers another question than the one it was asked.`,
    look: 'A cold visit: events `answer ignored` on `ask`, then timeout. The resolver does not fall for it.',
  },
  expired: {
    title: 'Nothing is cached',
    sentence: `Give every record of ${ZONE} a TTL of 0 seconds.`,
    look: 'Send the same request twice: the resolver asks the name servers each time, where the second should say hit.',
  },
} satisfies Record<string, ZoneFault>;

export type FaultName = keyof typeof FAULTS;
export const FAULT_NAMES = Object.keys(FAULTS) as FaultName[];

/** For each fault the zones that have it, and how much (where there is no measure, 1; 0 is none). */
export type FaultTable = Partial<Record<FaultName, Record<string, number>>>;

export class Faults {
  readonly #table: FaultTable;

  constructor(table: FaultTable) {
    this.#table = { ...table };
  }

  /** How much of a fault the server of `zone` has; 0 for none. */
  of(fault: FaultName, zone: string): number {
    return this.#table[fault]?.[zone] ?? 0;
  }

  /** For the control port. A fault that is set to none is so in every zone. */
  get definitions(): FaultDefinition[] {
    return FAULT_NAMES.map((name) => {
      const { range, ...words }: ZoneFault = FAULTS[name];
      const amount = () => this.of(name, ZONE);
      const set = (value: number | boolean) => {
        this.#table[name] = value ? { ...this.#table[name], [ZONE]: Number(value) } : {};
      };
      return range
        ? { name, ...words, kind: 'number', default: 0, range, get: amount, set }
        : { name, ...words, kind: 'switch', default: false, get: () => amount() > 0, set };
    });
  }
}

/** Reads `tatis.test.=400,test.=50`, or `tatis.test.` where there is no measure, for a fault of `zones`. Throws an ApiError that says what is wrong. */
export function zoneAmounts(fault: FaultName, text: string, zones: readonly string[]): Record<string, number> {
  const entries = text.split(',').filter((each) => each.trim() !== '');
  const amounts = entries.map((entry) => {
    const [zone = '', amount = '1'] = entry.trim().split('=');
    return [zone, Number(amount)];
  });
  const { range }: ZoneFault = FAULTS[fault];
  const amount = wholeNumber(range ? { min: range.min, max: range.max, unit: range.unit } : { min: 0, max: 1 });
  const schema = object({ [fault]: v.optional(table(oneOf(zones), amount)) });
  return checked(schema, { [fault]: Object.fromEntries(amounts) })[fault] ?? {};
}
