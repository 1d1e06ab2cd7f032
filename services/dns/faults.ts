// Breaking the phonebook on purpose: what can go wrong with the name server of a zone, and how much.

/** Each fault: what its number says, and what a learner sees. The fix is always `DELETE /faults`, or the variable unset. */
export const FAULTS = {
  slow: { unit: 'ms', effect: 'answers late; beyond WAYBILL_DNS_TIMEOUT the resolver asks again' },
  lost: { unit: 'percent', effect: 'so many of its datagrams are lost: `ask` ends with timeout, and is tried again' },
  lame: { unit: '', effect: 'refuses its own zone, as if the NS record above named the wrong server: SERVFAIL' },
  wrong: { unit: '', effect: 'answers another question, as a forger would: the resolver ignores it, and waits' },
  expired: { unit: '', effect: 'gives every record a TTL of 0: nothing is remembered, each lookup walks' },
} as const;

export type FaultName = keyof typeof FAULTS;
/** For each fault the zones that have it, and how much (1 where there is no measure). */
export type FaultTable = Partial<Record<FaultName, Record<string, number>>>;

export class Faults {
  readonly #zones: readonly string[];
  #table: FaultTable = {};

  /** Of `zones` any can have faults; `table` is checked as by `set`. */
  constructor(zones: readonly string[], table: FaultTable = {}) {
    this.#zones = zones;
    this.set(table);
  }

  /** How much of a fault the server of `zone` has; 0 for none. */
  of(fault: FaultName, zone: string): number {
    return this.#table[fault]?.[zone] ?? 0;
  }

  get table(): FaultTable {
    return this.#table;
  }

  /** Replaces all faults. Throws an Error that says what there is when `table` is not right. */
  set(table: unknown): void {
    if (typeof table !== 'object' || table === null)
      throw new Error('faults are an object: {"slow": {"tatis.test.": 400}}');
    for (const [fault, zones] of Object.entries(table)) {
      if (!(fault in FAULTS))
        throw new Error(`there is no fault "${fault}"; there are: ${Object.keys(FAULTS).join(', ')}`);
      for (const [zone, amount] of Object.entries((zones ?? {}) as object)) {
        if (!this.#zones.includes(zone))
          throw new Error(`there is no zone "${zone}"; there are: ${this.#zones.join(' ')}`);
        if (typeof amount !== 'number' || !(amount >= 0))
          throw new Error(`${fault} of ${zone} takes a number of at least 0`);
      }
    }
    this.#table = table as FaultTable;
  }
}

/** Reads `tatis.test.=400,test.=50`, or `tatis.test.` where there is no measure. */
export function zoneAmounts(text: string): Record<string, number> {
  const entries = text.split(',').filter((each) => each.trim() !== '');
  return Object.fromEntries(
    entries.map((entry) => {
      const [zone = '', amount = '1'] = entry.trim().split('=');
      return [zone, Number(amount)];
    }),
  );
}
