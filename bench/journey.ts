// How long a learner waits: until the lab is ready, the first time and later (Node keeps compiled code), and from a response until its
// trace is complete. Then: a killed worker is replaced within a second, the lab ends within three, and at most a tenth of a visit is
// in no span. Each lab is started as `npm start` does, on free ports.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { runLines, sendScenario } from '../lab/cli/send.ts';
import type { LabConfig } from '../lab/config.ts';
import { type Lab, startLab } from '../lab/fixture.ts';
import { scenarios } from '../scenarios/scenarios.ts';
import { breakdownOf } from '../traces/breakdown.ts';
import { median } from '../traces/statistics/median.ts';
import { printTable } from './tools/print.ts';
import type { Effort } from './tools/turns.ts';

const VISITS = 20;
const KILLS = 5;

/** Prints medians and the slowest; gives the medians of both starts, and of how long a trace takes to be complete. */
export async function main({ rounds }: Effort) {
  const first: number[] = [];
  const later: number[] = [];
  const firstVisit: number[] = [];
  const afterRestart: number[] = [];
  const complete: number[] = [];
  const replaced: number[] = [];
  const ended: number[] = [];
  const untracked: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const compiled = mkdtempSync(join(tmpdir(), 'waybill-bench-'));
    for (const ready of [first, later]) {
      const began = performance.now();
      const lab = await startLab({ NODE_COMPILE_CACHE: compiled });
      ready.push((performance.now() - began) / 1000);
      if (ready === later) firstVisit.push(await firstVisitRatio(lab.config));
      if (round === 0 && ready === later) {
        afterRestart.push(...(await restartRatios(lab)));
        complete.push(...(await untilComplete(lab.config)));
        untracked.push(...(await untrackedShares(lab.config)));
        replaced.push(...(await untilReplaced(lab.config)));
      }
      const stopping = performance.now();
      await lab.stop();
      ended.push(performance.now() - stopping);
    }
    rmSync(compiled, { recursive: true });
  }
  const figures = {
    'npm start until ready, first time, s': first,
    'npm start until ready, later, s': later,
    'first visit after ready, of the 10th to 30th median': firstVisit,
    'first visit after a restart of dns, router, proxy or gateway, of that median': afterRestart,
    'response until trace complete, ms': complete,
    'kill -9 of a worker until another is idle, ms': replaced,
    'SIGTERM until the lab has ended, ms': ended,
    'of a visit in no span, %': untracked,
  };
  printTable(
    Object.entries(figures).map(([figure, values]) => ({
      figure,
      median: median(values),
      slowest: Math.max(...values),
    })),
  );
  return { coldSeconds: median(first), warmSeconds: median(later), readableMs: median(complete) };
}

/** How long the first visit after "ready" took, as a ratio to the median of the 10th to the 30th. */
async function firstVisitRatio(config: LabConfig): Promise<number> {
  const took: number[] = [];
  while (took.length < 30)
    took.push(...(await sendScenario({ name: 'dynamic' }, config)).map(({ durationMs }) => durationMs));
  return (took[0] as number) / median(took.slice(9));
}

/** The same ratio for the first visit after each of these alone was killed and is ready again. */
async function restartRatios({ config, pidOf, output }: Lab): Promise<number[]> {
  const ratios: number[] = [];
  for (const service of ['dns', 'router', 'proxy', 'gateway']) {
    process.kill(pidOf(service), 'SIGKILL');
    while (!output().includes(`${service} is running again`)) await delay(5);
    ratios.push(await firstVisitRatio(config));
  }
  return ratios;
}

/** How long each of 20 traces took to be complete in the store after the response, in ms. */
async function untilComplete(config: LabConfig): Promise<number[]> {
  await sendScenario({ name: 'dynamic' }, config); // the first one compiles code
  const took: number[] = [];
  for (let visit = 0; visit < VISITS; visit++) {
    const began = performance.now();
    for await (const line of runLines('dynamic', config)) {
      if (line.type === 'error') throw new Error(line.error.message);
      if (line.type !== 'visit') continue;
      if (!line.ok) throw new Error(`a trace is not as the contract says: ${line.missing.join('; ')}`);
      took.push(performance.now() - began - line.durationMs);
    }
  }
  return took;
}

/** How long it took until each killed worker was replaced, in ms. */
async function untilReplaced({ ports }: LabConfig): Promise<number[]> {
  type Row = { pid: number; state: string };
  const url = `http://127.0.0.1:${ports.WAYBILL_GATEWAY_CONTROL_PORT}/workers`;
  const first = async () => ((await (await fetch(url)).json()) as { workers: [Row] }).workers[0];
  const took: number[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
    const { pid } = await first();
    const began = performance.now();
    process.kill(pid, 'SIGKILL');
    for (let row = await first(); row.pid === pid || row.state !== 'idle'; row = await first()) await delay(5);
    took.push(performance.now() - began);
  }
  return took;
}

/** Of each scenario's visits, the part of their time that is in no span, in %. */
async function untrackedShares(config: LabConfig): Promise<number[]> {
  const shares: number[] = [];
  for (const scenario of scenarios) {
    const breakdowns = (await sendScenario(scenario, config)).flatMap(({ spans }) => breakdownOf(spans) ?? []);
    const all = breakdowns.reduce((sum, { micros }) => sum + micros, 0);
    const open = breakdowns.flatMap(({ entries }) => entries).filter(({ stage }) => stage === 'untracked');
    shares.push((100 * open.reduce((sum, { micros }) => sum + micros, 0)) / all);
  }
  return shares;
}
