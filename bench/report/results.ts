// What `npm run bench chain` measures, as bench/results/chain.json keeps it, and its goals.

export type Page = 'dynamic' | 'static';

/**
 * How a system answers one page: medians; CPU in µs a request, of each process that took part; context switches and system calls
 * a request, of all together.
 */
export type Rate = {
  page: Page;
  connections: number;
  name: string;
  /** The first requests after it was started. */
  isCold?: true;
  rate: number;
  medianMs?: number;
  cpu: Record<string, number>;
  switches?: number;
  systemCalls?: number;
};

/** Memory of each process in MB (Pss: what several share is divided among them). */
export type Memory = Record<string, number>;

export type ChainResults = {
  /** The day, the machine, and the versions of everything that is compared. */
  where: string;
  rates: Rate[];
  /** Of what the traced lab answered: spans made, and those of them in its store. */
  spans: { made: number; stored: number };
  memory?: { rest: Memory; load: Memory; after: Memory; restPercentOfCore: number };
  waiting?: { coldSeconds: number; warmSeconds: number; readableMs: number };
  dns?: { all: number; sampled: number };
  store?: { protobuf: number; json: number; bytesASpan: number };
};

type Goal = [
  what: string,
  bound: '≥' | '≤',
  wanted: number,
  digits: number,
  found: (results: ChainResults) => number | undefined,
];

const DYNAMIC = { page: 'dynamic', connections: 32 } as const;
const STATIC = { page: 'static', connections: 32 } as const;
const AT_ONE = { page: 'dynamic', connections: 1 } as const;

const GOALS: readonly Goal[] = [
  ['CPU a request: traced / Django traced', '≤', 0.6, 2, ratio(cpuOf, 'traced', 'Django traced')],
  ['CPU a request: untraced / Django', '≤', 0.5, 2, ratio(cpuOf, 'untraced', 'Django')],
  ['CPU a request: traced / untraced', '≤', 1.6, 2, ratio(cpuOf, 'traced', 'untraced')],
  ['median at one connection: traced / Django traced', '≤', 1, 2, ratio(medianOf, 'traced', 'Django traced', AT_ONE)],
  ['median at one connection: untraced / Django', '≤', 1, 2, ratio(medianOf, 'untraced', 'Django', AT_ONE)],
  ['dynamic: traced / Django traced', '≥', 2, 2, ratio(rateOf, 'traced', 'Django traced')],
  ['dynamic: untraced / Django', '≥', 2.5, 2, ratio(rateOf, 'untraced', 'Django')],
  ['dynamic: traced / untraced', '≥', 0.6, 2, ratio(rateOf, 'traced', 'untraced')],
  ['dynamic: sampled 1 % / untraced', '≥', 0.85, 2, ratio(rateOf, 'sampled 1 %', 'untraced')],
  ['static: traced / nginx, all cores', '≥', 0.2, 2, ratio(rateOf, 'traced', 'nginx, all cores', STATIC)],
  ['static: untraced / nginx, all cores', '≥', 0.4, 2, ratio(rateOf, 'untraced', 'nginx, all cores', STATIC)],
  ['DNS, all traced / unbound', '≥', 0.2, 2, ({ dns }) => dns?.all],
  ['DNS, 1 in 100 traced / unbound', '≥', 0.6, 2, ({ dns }) => dns?.sampled],
  ['store, spans a second of one core, protobuf', '≥', 150_000, 0, ({ store }) => store?.protobuf],
  ['store, spans a second of one core, JSON', '≥', 90_000, 0, ({ store }) => store?.json],
  ['store, bytes a span on disk', '≤', 500, 0, ({ store }) => store?.bytesASpan],
  ['ready, cold, s', '≤', 2, 2, ({ waiting }) => waiting?.coldSeconds],
  ['ready, warm, s', '≤', 1.2, 2, ({ waiting }) => waiting?.warmSeconds],
  ['all processes at rest, MB', '≤', 500, 0, ({ memory }) => memory && total(memory.rest)],
  ['all processes at rest, % of a core', '≤', 1, 1, ({ memory }) => memory?.restPercentOfCore],
  ['all processes under load, MB', '≤', 600, 0, ({ memory }) => memory && total(memory.load)],
  ['a worker under load, MB', '≤', 250, 0, ({ memory }) => memory && Math.max(...workersOf(memory.load))],
  ['trace readable after its response, ms', '≤', 60, 0, ({ waiting }) => waiting?.readableMs],
  ['spans lost at full load', '≤', 0, 0, ({ spans }) => spans.made - spans.stored],
];

/** A goal with what was measured; `found` and `isMet` are undefined where it was not. */
export type Verdict = { what: string; found: string | undefined; wanted: string; isMet: boolean | undefined };

/** Every goal with what `results` say of it. */
export function verdicts(results: ChainResults): Verdict[] {
  return GOALS.map(([what, bound, wanted, digits, measure]) => {
    const value = measure(results);
    return {
      what,
      found: value?.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits }),
      wanted: `${bound} ${wanted.toLocaleString('en')}`,
      isMet: value === undefined ? undefined : bound === '≤' ? value <= wanted : value >= wanted,
    };
  });
}

/** Memory, or CPU, of all processes together. */
export function total(processes: Record<string, number>): number {
  return Object.values(processes).reduce((sum, each) => sum + each, 0);
}

/** CPU of each process that took part: `proxy 173, gateway 141`. */
export function partsOf(cpu: Rate['cpu']): string {
  const used = Object.entries(cpu).filter(([, micros]) => micros > 0);
  return used.map(([name, micros]) => `${name} ${micros}`).join(', ');
}

/** What `measure` finds of one system, divided by that of the other; undefined where one was not measured. */
function ratio(
  measure: (rate: Rate) => number | undefined,
  one: string,
  other: string,
  requests: Pick<Rate, 'page' | 'connections'> = DYNAMIC,
): (results: ChainResults) => number | undefined {
  return ({ rates }) => {
    const [dividend, divisor] = [one, other].map((name) => {
      const rate = findRate(rates, { ...requests, name });
      return rate && measure(rate);
    });
    return dividend && divisor && dividend / divisor;
  };
}

function cpuOf({ cpu }: Rate): number {
  return total(cpu);
}

function medianOf({ medianMs }: Rate): number | undefined {
  return medianMs;
}

function rateOf({ rate }: Rate): number {
  return rate;
}

/** What was measured of one system. */
export function findRate(
  rates: readonly Rate[],
  wanted: Pick<Rate, 'page' | 'connections' | 'isCold' | 'name'>,
): Rate | undefined {
  return rates.find(
    ({ page, connections, isCold, name }) =>
      page === wanted.page && connections === wanted.connections && isCold === wanted.isCold && name === wanted.name,
  );
}

function workersOf(memory: Memory): number[] {
  return Object.entries(memory).flatMap(([name, megabytes]) => (name.startsWith('app') ? [megabytes] : []));
}
