// Breaking the phonebook on purpose: what can go wrong with the name server of a zone, and how much.

import * as v from 'valibot';
import { checked, milliseconds, object, oneOf, table, wholeNumber } from '../../runtime/control/schema.ts';

/** Each fault: what its number says, and what a learner sees. The fix is always `DELETE /faults`, or the variable unset. */
export const FAULTS = {
  slow: { unit: 'ms', effect: 'answers late; beyond WAYBILL_DNS_TIMEOUT the resolver asks again' },
  lost: { unit: 'percent', effect: 'so many of its datagrams are lost: `ask` ends with timeout, and is tried again' },
  lame: { unit: '', effect: 'refuses its own zone, as if the NS record above named the wrong server: SERVFAIL' },
  wrong: { unit: '', effect: 'answers another question, as a forger would: the resolver ignores it, and waits' },
  expired: { unit: '', effect: 'gives every record a TTL of 0: nothing is remembered, each lookup walks' },
} as const;

export type FaultName = keyof typeof FAULTS;
/** For each fault the zones that have it, and how much (where there is no measure, 1; 0 is none). */
export type FaultTable = Partial<Record<FaultName, Record<string, number>>>;

/** What a table of faults of `zones` is, for JSON that somebody sends. */
export function faultSchema(zones: readonly string[]) {
  const zone = oneOf(zones);
  const offOrOn = wholeNumber({ least: 0, most: 1 });
  return object({
    slow: v.optional(table(zone, milliseconds({ least: 0 }))),
    lost: v.optional(table(zone, wholeNumber({ least: 0, most: 100, unit: 'percent' }))),
    lame: v.optional(table(zone, offOrOn)),
    wrong: v.optional(table(zone, offOrOn)),
    expired: v.optional(table(zone, offOrOn)),
  }) as v.GenericSchema<unknown, FaultTable>;
}

export class Faults {
  #table: FaultTable;

  constructor(table: FaultTable) {
    this.#table = table;
  }

  /** How much of a fault the server of `zone` has; 0 for none. */
  of(fault: FaultName, zone: string): number {
    return this.#table[fault]?.[zone] ?? 0;
  }

  get table(): FaultTable {
    return this.#table;
  }

  /** Replaces all faults. */
  set(table: FaultTable): void {
    this.#table = table;
  }
}

/** Reads `tatis.test.=400,test.=50`, or `tatis.test.` where there is no measure, for a fault of `zones`. Throws a Problem that says what is wrong. */
export function zoneAmounts(fault: FaultName, text: string, zones: readonly string[]): Record<string, number> {
  const entries = text.split(',').filter((each) => each.trim() !== '');
  const amounts = entries.map((entry) => {
    const [zone = '', amount = '1'] = entry.trim().split('=');
    return [zone, Number(amount)];
  });
  return checked(faultSchema(zones), { [fault]: Object.fromEntries(amounts) })[fault] ?? {};
}
