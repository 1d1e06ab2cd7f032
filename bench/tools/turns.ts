// The frame of every bench that compares: systems take turns in each round, so that what else the machine does meanwhile meets
// all of them; medians of the rounds are printed. CPU time a request varies less than a rate, and rates of different runs cannot
// be compared.

import { cpuSeconds } from '../../runtime/platform/usage.ts';
import { median } from '../../traces/statistics/median.ts';
import { partsOf, total } from '../report/results.ts';
import { printTable } from './print.ts';

/** How often each is measured, and for how long; `--quick` is for trying a bench. */
export type Effort = { rounds: number; seconds: number };

export type System = {
  name: string;
  /** Sends requests for `seconds`. */
  run: (seconds: number) => Promise<Answered>;
  /** The processes whose CPU time is counted, by name. */
  processes: () => { name: string; pid: number | undefined }[];
  /** Resolves when nothing is left to do for the requests that were sent. */
  settle?: () => Promise<unknown>;
};

export type Answered = { requests: number; rate: number; medianMs?: number };

/** Medians: requests a second, ms a response takes, and CPU in µs a request, of each process. */
export type Figure = { name: string; rate: number; medianMs?: number; cpu: Record<string, number> };

/** Measures `systems` in turns. The first round compiles code and is not counted, nor is the first second of each turn. */
export async function inTurns(systems: readonly System[], { rounds, seconds }: Effort): Promise<Figure[]> {
  const found = new Map<System, Omit<Figure, 'name'>[]>(systems.map((system) => [system, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const system of systems) {
      await system.run(1); // while others had their turn, V8 has dropped compiled code
      const before = usedBy(system);
      const { requests, rate, medianMs } = await system.run(seconds);
      await system.settle?.(); // what is left to export is part of the cost, and not of the next one's
      const cpu = Object.entries(usedBy(system)).map(([name, used]) => {
        return [name, ((used - (before[name] ?? 0)) / requests) * 1e6] as const;
      });
      const figure = { rate, cpu: Object.fromEntries(cpu), ...(medianMs !== undefined && { medianMs }) };
      if (round > 0) found.get(system)?.push(figure);
    }
  }
  return [...found].map(([{ name }, figures]) => {
    const parts = Object.keys(figures[0]?.cpu ?? {}).map((part) => [
      part,
      Math.round(median(figures.map(({ cpu }) => cpu[part] ?? 0))),
    ]);
    const times = figures.flatMap(({ medianMs }) => medianMs ?? []);
    const rate = Math.round(median(figures.map((each) => each.rate)));
    return { name, rate, ...(times.length > 0 && { medianMs: median(times) }), cpu: Object.fromEntries(parts) };
  });
}

/** Prints figures of one kind of request, each beside the first. */
export function printFigures(what: string, figures: readonly Figure[]): void {
  const [base] = figures;
  const rows = figures.map(({ name, rate, medianMs, cpu }) => ({
    [what]: name,
    'a second': rate,
    ...(medianMs !== undefined && { 'median ms': medianMs }),
    '×': rate / (base?.rate ?? Number.NaN),
    'µs of CPU': total(cpu),
    '× CPU': total(cpu) / total(base?.cpu ?? {}),
    'of which': partsOf(cpu),
  }));
  printTable(rows);
}

/** Seconds of CPU by name; processes of one name together. */
function usedBy({ processes }: System): Record<string, number> {
  const used: Record<string, number> = {};
  for (const { name, pid } of processes()) used[name] = (used[name] ?? 0) + cpuSeconds(pid);
  return used;
}
