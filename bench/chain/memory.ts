// Memory and CPU of a whole lab, alone: at rest, under load, and after it.

import { setTimeout as delay } from 'node:timers/promises';
import type { ChainResults, Memory } from '../report/results.ts';
import { cpuSeconds, pssMegabytes } from '../tools/process.ts';
import { ask } from './rates.ts';
import { type Stand, startLabStand } from './stands.ts';

const SETTLE_MS = 10_000;
const REST_MS = 20_000;
const LOAD_SECONDS = 20;
const LOOK_MS = 500;

/** The most that any process had under load, and what all have 10 s after it. */
export async function measureMemory(): Promise<NonNullable<ChainResults['memory']>> {
  const stand = await startLabStand('traced', {});
  try {
    await delay(SETTLE_MS);
    const used = () => stand.processes().reduce((sum, each) => sum + cpuSeconds(each), 0);
    const before = used();
    await delay(REST_MS);
    const restPercentOfCore = Number((((used() - before) / REST_MS) * 100_000).toFixed(1));
    const rest = memoryOf(stand);
    const load = await mostDuring(stand, ask(stand, 'dynamic', LOAD_SECONDS));
    await delay(SETTLE_MS);
    return { rest, load, after: memoryOf(stand), restPercentOfCore };
  } finally {
    await stand.stop();
  }
}

async function mostDuring(stand: Stand, load: Promise<unknown>): Promise<Memory> {
  let isOver = false;
  const over = load.finally(() => {
    isOver = true;
  });
  const most: Memory = { all: 0, processes: {} };
  while (!isOver) {
    const now = memoryOf(stand);
    most.all = Math.max(most.all, now.all);
    for (const [name, megabytes] of Object.entries(now.processes)) {
      most.processes[name] = Math.max(most.processes[name] ?? 0, megabytes);
    }
    await Promise.race([over, delay(LOOK_MS)]);
  }
  await over;
  return most;
}

function memoryOf(stand: Stand): Memory {
  const processes = Object.fromEntries(stand.processes().map((each) => [each.name, Math.round(pssMegabytes(each))]));
  return { all: Object.values(processes).reduce((sum, each) => sum + each, 0), processes };
}
