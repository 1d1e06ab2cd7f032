// How long a learner waits: for the lab to be ready, the first time and later (Node keeps the code that it has compiled),
// and for a trace to be complete in the store after the response. Then what the lab promises in time: a killed worker is replaced
// within a second, the lab ends within three, and no span accounts for at most a tenth of a visit. Each lab is started as
// `npm start` does, on free ports.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { runLines, sendScenario } from '../lab/cli/send.ts';
import type { LabConfig } from '../lab/config.ts';
import { scenarios } from '../scenarios/scenarios.ts';
import { startLab } from '../tests/lab.ts';
import { ledgerOf } from '../traces/ledger.ts';
import { median } from '../traces/median.ts';

const ROUNDS = 5;
const VISITS = 20;

/** Prints the three figures: medians, and the slowest; gives the medians. */
export async function main() {
  const first: number[] = [];
  const later: number[] = [];
  const complete: number[] = [];
  const healed: number[] = [];
  const ended: number[] = [];
  const untracked: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const compiled = mkdtempSync(join(tmpdir(), 'waybill-bench-'));
    for (const ready of [first, later]) {
      const began = performance.now();
      const lab = await startLab({ NODE_COMPILE_CACHE: compiled });
      ready.push((performance.now() - began) / 1000);
      if (round === 0 && ready === later) {
        complete.push(...(await untilComplete(lab.config)));
        untracked.push(...(await untrackedShares(lab.config)));
        healed.push(...(await untilHealed(lab.config)));
      }
      const told = performance.now();
      await lab.stop();
      ended.push(performance.now() - told);
    }
    rmSync(compiled, { recursive: true });
  }
  console.log(`npm start until ready, first time  ${figures(first, 2)} s`);
  console.log(`npm start until ready, later       ${figures(later, 2)} s`);
  console.log(`response until trace complete      ${figures(complete, 0)} ms`);
  console.log(`kill -9 of a worker until another  ${figures(healed, 0)} ms`);
  console.log(`SIGTERM until the lab has ended    ${figures(ended, 0)} ms`);
  console.log(`of a visit in no span              ${figures(untracked, 1)} %`);
  return { coldSeconds: median(first), warmSeconds: median(later), readableMs: median(complete) };
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

/** How long each of five killed workers was missed, in ms. */
async function untilHealed({ ports }: LabConfig): Promise<number[]> {
  type Row = { pid: number; state: string };
  const url = `http://127.0.0.1:${ports.WAYBILL_GATEWAY_CONTROL_PORT}/workers`;
  const first = async () => ((await (await fetch(url)).json()) as { workers: [Row] }).workers[0];
  const took: number[] = [];
  for (let kill = 0; kill < 5; kill++) {
    const { pid } = await first();
    const began = performance.now();
    process.kill(pid, 'SIGKILL');
    for (let row = await first(); row.pid === pid || row.state !== 'idle'; row = await first()) await delay(5);
    took.push(performance.now() - began);
  }
  return took;
}

/** Of each scenario's visits, the part of their time that no span accounts for, in %. */
async function untrackedShares(config: LabConfig): Promise<number[]> {
  const shares: number[] = [];
  for (const scenario of scenarios) {
    const ledgers = (await sendScenario(scenario, config)).map(({ spans }) => ledgerOf(spans));
    const all = ledgers.reduce((sum, ledger) => sum + (ledger?.micros ?? 0), 0);
    const open = ledgers.flatMap((ledger) => ledger?.entries ?? []).filter(({ stage }) => stage === 'unaccounted');
    shares.push((100 * open.reduce((sum, { micros }) => sum + micros, 0)) / all);
  }
  return shares;
}

function figures(values: number[], digits: number): string {
  return `${median(values).toFixed(digits)} (median of ${values.length}; slowest ${Math.max(...values).toFixed(digits)})`;
}
