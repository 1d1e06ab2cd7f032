// What `npm run bench chain` finds, as bench/results/chain.json keeps it, and what is wanted of it.

/** How one answers one page: medians of all rounds; CPU in µs a request, of each process that took part. */
export type Rate = { page: Page; name: string; rate: number; cpu: Record<string, number> };

export type Page = 'dynamic' | 'static';

/** Requests a second, and how long an answer takes, with so many connections at a time. */
export type Crowd = { name: string; connections: number; rate: number; medianMs: number; p99Ms: number };

/** Memory of all processes, and of each, in MB (Pss: what several share is divided among them). */
export type Memory = { all: number; processes: Record<string, number> };

/** A trace of so many spans: until the store has taken it in, and until it has answered it whole, in ms. */
export type LongTrace = { spans: number; takenInMs: number; answeredMs: number };

export type ChainResults = {
  /** The day, the machine, and the versions of everything that is compared. */
  where: string;
  rates: Rate[];
  /** What the traced lab answered, in spans: how many were made, and how many of them are in its store. */
  spans: { made: number; stored: number };
  crowds?: Crowd[];
  workers?: { name: string; workers: number; rate: number }[];
  longTraces?: LongTrace[];
  memory?: { rest: Memory; load: Memory; after: Memory; restPercentOfCore: number };
  waiting?: { coldSeconds: number; warmSeconds: number; readableMs: number };
  dns?: { all: number; sampled: number };
  store?: { protobuf: number; json: number; bytesASpan: number };
};

type Goal = {
  what: string;
  /** The least that is wanted, or with `isMost` the most. */
  wanted: number;
  isMost?: true;
  digits: number;
  found: (results: ChainResults) => number | undefined;
};

const GOALS: readonly Goal[] = [
  ratio('dynamic', 'traced', 'Django traced', 2),
  ratio('dynamic', 'untraced', 'Django', 2.5),
  ratio('dynamic', 'traced', 'untraced', 0.6),
  ratio('dynamic', 'sampled 1 %', 'untraced', 0.85),
  ratio('static', 'traced', 'nginx, all cores', 0.2),
  ratio('static', 'untraced', 'nginx, all cores', 0.4),
  least('DNS, all traced / unbound', 0.2, 2, ({ dns }) => dns?.all),
  least('DNS, 1 in 100 traced / unbound', 0.6, 2, ({ dns }) => dns?.sampled),
  least('store, spans a second of one core, protobuf', 150_000, 0, ({ store }) => store?.protobuf),
  least('store, spans a second of one core, JSON', 90_000, 0, ({ store }) => store?.json),
  most('store, bytes a span on disk', 500, 0, ({ store }) => store?.bytesASpan),
  most('ready, cold, s', 2, 2, ({ waiting }) => waiting?.coldSeconds),
  most('ready, warm, s', 1.2, 2, ({ waiting }) => waiting?.warmSeconds),
  most('all processes at rest, MB', 500, 0, ({ memory }) => memory?.rest.all),
  most('all processes at rest, % of a core', 1, 1, ({ memory }) => memory?.restPercentOfCore),
  most('a worker under load, MB', 250, 0, ({ memory }) => memory && largestWorker(memory.load)),
  most('trace readable after its response, ms', 60, 0, ({ waiting }) => waiting?.readableMs),
  most('spans lost at full load', 0, 0, ({ spans }) => spans.made - spans.stored),
];

/** A goal beside what was found of it; `found` is undefined where it was not measured, and so is `isMet`. */
export type Verdict = { what: string; wanted: string; found: string | undefined; isMet: boolean | undefined };

/** Every goal with what `results` say of it. */
export function verdicts(results: ChainResults): Verdict[] {
  return GOALS.map(({ what, wanted, isMost = false, digits, found }) => {
    const value = found(results);
    return {
      what,
      wanted: `${isMost ? '≤' : '≥'} ${wanted.toLocaleString('en')}`,
      found: value?.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits }),
      isMet: value === undefined ? undefined : isMost ? value <= wanted : value >= wanted,
    };
  });
}

/** CPU of a request in words: all of it in µs, and of which processes. */
export function cpuInWords(cpu: Rate['cpu']): { sum: number; parts: string } {
  const used = Object.entries(cpu).filter(([, micros]) => micros > 0);
  return {
    sum: used.reduce((total, [, micros]) => total + micros, 0),
    parts: used.map(([name, micros]) => `${name} ${micros}`).join(', '),
  };
}

/** The rate of `name` at `page`; undefined where it was not measured. */
function rateOf({ rates }: ChainResults, page: Page, name: string): number | undefined {
  return rates.find((each) => each.page === page && each.name === name)?.rate;
}

function ratio(page: Page, one: string, other: string, wanted: number): Goal {
  return least(`${page}: ${one} / ${other}`, wanted, 2, (results) => {
    const [a, b] = [rateOf(results, page, one), rateOf(results, page, other)];
    return a === undefined || b === undefined ? undefined : a / b;
  });
}

function least(what: string, wanted: number, digits: number, found: Goal['found']): Goal {
  return { what, wanted, digits, found };
}

function most(what: string, wanted: number, digits: number, found: Goal['found']): Goal {
  return { what, wanted, digits, found, isMost: true };
}

function largestWorker({ processes }: Memory): number {
  return Math.max(...Object.entries(processes).map(([name, megabytes]) => (name.startsWith('app') ? megabytes : 0)));
}
