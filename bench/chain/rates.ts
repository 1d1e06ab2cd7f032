// Requests a second of each stand in turns, and what each process pays for one.

import { setTimeout as delay } from 'node:timers/promises';
import type { Page, Rate } from '../../lab/bench/results.ts';
import { median } from '../tools/median.ts';
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

export type Rounds = { rounds: number; seconds: number; warmUp: (stand: Stand, page: Page) => Promise<number> };
/** What was measured, and how many requests each stand answered in all, warming up too. */
export type Measured = { rates: Rate[]; requests: Map<string, number> };

/** Asks `page` of each stand in turns, `rounds` times, after it is warm. */
export async function measureRates(page: Page, stands: readonly Stand[], { rounds, seconds, warmUp }: Rounds) {
  const requests = new Map<string, number>();
  const found = new Map<string, { rate: number; cpu: Record<string, number> }[]>();
  for (const stand of stands) {
    requests.set(stand.name, await warmUp(stand, page));
    await settle(stand);
  }
  for (let round = 0; round < rounds; round++) {
    for (const stand of stands) {
      // While others had their turn V8 has let go of code and room: only who is at work is measured.
      const { requests: again } = await ask(stand, page, WAKE_SECONDS);
      requests.set(stand.name, (requests.get(stand.name) ?? 0) + again);
      const before = cpuOf(stand);
      const answered = await ask(stand, page, seconds);
      const after = cpuOf(stand);
      await settle(stand);
      requests.set(stand.name, (requests.get(stand.name) ?? 0) + answered.requests);
      const cpu = Object.entries(after).map(([name, used]) => {
        const micros = ((used - (before[name] ?? 0)) / answered.requests) * 1e6;
        return [name, micros] as const;
      });
      const rates = found.get(stand.name) ?? [];
      found.set(stand.name, [...rates, { rate: answered.rate, cpu: Object.fromEntries(cpu) }]);
    }
  }
  const rates = [...found].map(([name, each]): Rate => {
    const names = Object.keys(each[0]?.cpu ?? {});
    const cpu = names.map((process) => [process, Math.round(median(each.map((round) => round.cpu[process] ?? 0)))]);
    return { page, name, rate: Math.round(median(each.map(({ rate }) => rate))), cpu: Object.fromEntries(cpu) };
  });
  return { rates, requests };
}

/** Asks until it gets no faster; gives how many were answered. */
export async function warmFully(stand: Stand, page: Page): Promise<number> {
  let [best, idle, requests] = [0, 0, 0];
  for (let run = 0; run < WARM_RUNS && (idle < 2 || requests < WARM_REQUESTS); run++) {
    const answered = await ask(stand, page, 2);
    requests += answered.requests;
    idle = answered.rate > best * STILL_WARMING ? 0 : idle + 1;
    best = Math.max(best, answered.rate);
  }
  return requests;
}

/** Asks for so many seconds, which is not enough to be as fast as it will be. */
export function warmFor(seconds: number): Rounds['warmUp'] {
  return async (stand, page) => (await ask(stand, page, seconds)).requests;
}

/** Asks `page` of one stand over `connections`. */
export function ask(stand: Stand, page: Page, seconds: number, connections = CONNECTIONS): Promise<Answered> {
  const { path, host } = PAGES[page];
  const load = { connections, seconds, headers: [`Host: ${host}`] };
  return wrk(`http://127.0.0.1:${stand.port}${path}`, load);
}

/** Waits until it does nothing more, or it would work in the turn of the next. */
export async function settle({ settleMs = 0 }: Stand): Promise<void> {
  await delay(settleMs);
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
