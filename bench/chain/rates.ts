// Requests a second of each stand in turns, and what each process pays for one.

import { setTimeout as delay } from 'node:timers/promises';
import { median } from '../../traces/median.ts';
import type { Page, Rate } from '../report/results.ts';
import { cpuSeconds } from '../tools/process.ts';
import { type Answered, wrk } from '../tools/wrk.ts';
import type { Stand } from './stands.ts';

export const PAGES: Record<Page, { path: string; host: string }> = {
  dynamic: { path: '/letters/Ola/', host: 'djangogirls.test' },
  static: { path: '/static/style.css', host: 'tatis.test' },
};
const CONNECTIONS = 32;
/** A run that is less than this faster than the best before says that the code is compiled as well as it will be. */
const STILL_WARMING = 1.03;
/** V8 compiles code again and again while it is used: before so many requests nothing is said of its speed. */
const WARM_REQUESTS = 30_000;
const WARM_RUNS = 20;
const WAKE_SECONDS = 3;

/** How often each is asked, for how long, and whether it is to be as warm as it gets before. */
export type Rounds = { rounds: number; seconds: number; isWarm: boolean };

/** Asks `page` of each stand in turns, `rounds` times. */
export async function measureRates(
  page: Page,
  stands: readonly Stand[],
  { rounds, seconds, isWarm }: Rounds,
): Promise<Rate[]> {
  const found = new Map<string, { rate: number; cpu: Record<string, number> }[]>();
  if (isWarm) for (const stand of stands) await warmUp(stand, page);
  for (let round = 0; round < rounds; round++) {
    for (const stand of stands) {
      // While others had their turn V8 has let go of code and room: only who is at work is measured.
      await ask(stand, page, WAKE_SECONDS);
      const before = cpuOf(stand);
      const { rate, requests } = await ask(stand, page, seconds);
      const cpu = Object.entries(cpuOf(stand)).map(([name, used]) => {
        const micros = ((used - (before[name] ?? 0)) / requests) * 1e6;
        return [name, micros] as const;
      });
      found.set(stand.name, [...(found.get(stand.name) ?? []), { rate, cpu: Object.fromEntries(cpu) }]);
    }
  }
  return [...found].map(([name, each]) => {
    const names = Object.keys(each[0]?.cpu ?? {});
    const cpu = names.map((process) => [process, Math.round(median(each.map((round) => round.cpu[process] ?? 0)))]);
    return { page, name, rate: Math.round(median(each.map(({ rate }) => rate))), cpu: Object.fromEntries(cpu) };
  });
}

/** Asks until it gets no faster. */
export async function warmUp(stand: Stand, page: Page): Promise<void> {
  let [best, idle, requests] = [0, 0, 0];
  for (let run = 0; run < WARM_RUNS && (idle < 2 || requests < WARM_REQUESTS); run++) {
    const answered = await ask(stand, page, 2);
    requests += answered.requests;
    idle = answered.rate > best * STILL_WARMING ? 0 : idle + 1;
    best = Math.max(best, answered.rate);
  }
}

let last: Stand | undefined;

/** Asks `page` of one stand over `connections`, once whoever was asked before does nothing more. */
export async function ask(stand: Stand, page: Page, seconds: number, connections = CONNECTIONS): Promise<Answered> {
  if (last !== stand) await delay(last?.settleMs ?? 0);
  last = stand;
  const { path, host } = PAGES[page];
  const load = { connections, seconds, headers: [`Host: ${host}`] };
  const answered = await wrk(`http://127.0.0.1:${stand.port}${path}`, load);
  stand.answered[page] += answered.requests;
  return answered;
}

/** Seconds of CPU that each has used, workers together; one that has ended has used none. */
function cpuOf(stand: Stand): Record<string, number> {
  const used: Record<string, number> = {};
  for (const { name, pid } of stand.processes()) {
    const who = name.replace(/^app-\d+/, 'app');
    try {
      used[who] = (used[who] ?? 0) + cpuSeconds({ pid });
    } catch {}
  }
  return used;
}
