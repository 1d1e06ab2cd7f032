// The faults of DNS: what can be broken with the name server of one zone. A new fault: an entry here, and its effect in name-server.ts.

import type { FaultDefinition } from '../../runtime/control/faults.ts';

/** The zone whose name server has the faults. */
const ZONE = 'tatis.test.';

/** A fault without a `range` is on (1) or off (0). */
type Words = { title: string; sentence: string; look: string; range?: { min: number; max: number; unit: string } };

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
    look: 'A cold visit ends at the resolver with SERVFAIL: the last `ask` and its `answer` (drawn as `tatis.test. answers`) say refused.',
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
} satisfies Record<string, Words>;

type FaultName = keyof typeof FAULTS;

export class Faults {
  readonly #values: Partial<Record<FaultName, number>> = {};

  /** The value of a fault of the name server of `zone`; 0 when it is off. */
  of(fault: FaultName, zone: string): number {
    return zone === ZONE ? (this.#values[fault] ?? 0) : 0;
  }

  /** For the control port. */
  get definitions(): FaultDefinition[] {
    return Object.entries<Words>(FAULTS).map(([key, { range, ...words }]) => {
      const name = key as FaultName;
      const set = (value: number | boolean) => {
        this.#values[name] = Number(value);
      };
      return range
        ? { name, ...words, kind: 'number', default: 0, range, get: () => this.of(name, ZONE), set }
        : { name, ...words, kind: 'switch', default: false, get: () => this.of(name, ZONE) > 0, set };
    });
  }
}
