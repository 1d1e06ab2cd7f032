// The frame of every bench that compares: systems take turns in each round, so that what else the machine does meanwhile meets
// all of them; medians of the rounds are printed. CPU time a request varies less than a rate, and rates of different runs cannot
// be compared.

import { contextSwitches, cpuSeconds } from '../../runtime/platform/usage.ts';
import { median } from '../../traces/statistics/median.ts';
import { partsOf, type Rate, total } from '../report/results.ts';
import { printTable } from './print.ts';
import { countSystemCalls } from './process.ts';

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

/** What was found of a system: as results.ts keeps it. */
export type Figure = Omit<Rate, 'page' | 'connections' | 'isCold'>;

/** Measures `systems` in turns. The first round compiles code and is not counted, nor is the first second of each turn. */
export async function inTurns(systems: readonly System[], { rounds, seconds }: Effort): Promise<Figure[]> {
  const found = new Map<System, Omit<Figure, 'name'>[]>(systems.map((system) => [system, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const system of systems) {
      await system.run(1); // while others had their turn, V8 has dropped compiled code
      const figure = await measureUse(system, () => system.run(seconds));
      if (round > 0) found.get(system)?.push(figure);
    }
  }
  const calls = new Map<System, number>();
  for (const system of systems) {
    const pids = system.processes().flatMap(({ pid }) => pid ?? []);
    const [counted, { rate }] = await Promise.all([countSystemCalls(pids, 1), system.run(1)]);
    if (counted !== undefined) calls.set(system, counted / rate);
  }
  return [...found].map(([system, figures]) => {
    const parts = Object.keys(figures[0]?.cpu ?? {}).map((part) => [
      part,
      Math.round(median(figures.map(({ cpu }) => cpu[part] ?? 0))),
    ]);
    const times = figures.flatMap(({ medianMs }) => medianMs ?? []);
    const rate = Math.round(median(figures.map((each) => each.rate)));
    const systemCalls = calls.get(system);
    return {
      name: system.name,
      rate,
      ...(times.length > 0 && { medianMs: median(times) }),
      cpu: Object.fromEntries(parts),
      switches: median(figures.map(({ switches = 0 }) => switches)),
      ...(systemCalls !== undefined && { systemCalls }),
    };
  });
}

/** What the processes of `system` use for the requests that `run` sends. */
export async function measureUse(system: System, run: () => Promise<Answered>): Promise<Omit<Figure, 'name'>> {
  const switchesNow = () => system.processes().reduce((sum, { pid }) => sum + contextSwitches(pid), 0);
  const [before, switchesBefore] = [usedBy(system), switchesNow()];
  const { requests, rate, medianMs } = await run();
  await system.settle?.(); // what is left to export is part of the cost, and not of the next one's
  const cpu = Object.entries(usedBy(system)).map(([name, used]) => {
    return [name, ((used - (before[name] ?? 0)) / requests) * 1e6] as const;
  });
  const switches = (switchesNow() - switchesBefore) / requests;
  return { rate, cpu: Object.fromEntries(cpu), switches, ...(medianMs !== undefined && { medianMs }) };
}

/** Prints figures of one kind of request, each beside the first. */
export function printFigures(what: string, figures: readonly Figure[]): void {
  const [base] = figures;
  const hasCalls = figures.some(({ systemCalls }) => systemCalls !== undefined);
  const rows = figures.map(({ name, rate, medianMs, cpu, switches, systemCalls }) => ({
    [what]: name,
    'a second': rate,
    ...(medianMs !== undefined && { 'median ms': medianMs }),
    '×': rate / (base?.rate ?? Number.NaN),
    'µs of CPU': total(cpu),
    '× CPU': total(cpu) / total(base?.cpu ?? {}),
    switches,
    ...(hasCalls && { 'system calls': systemCalls }),
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
