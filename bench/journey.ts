// How long a learner waits: for the lab to be ready, the first time and later (Node keeps the code that it has compiled),
// and for a trace to be complete in the store after the response. Each lab is started as `npm start` does, on free ports.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runLines, sendScenario } from '../lab/cli/send.ts';
import type { LabConfig } from '../lab/config.ts';
import { startLab } from '../tests/lab.ts';
import { median } from '../traces/median.ts';

const ROUNDS = 5;
const VISITS = 20;

/** Prints the three figures: medians, and the slowest; gives the medians. */
export async function main() {
  const first: number[] = [];
  const later: number[] = [];
  const complete: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const compiled = mkdtempSync(join(tmpdir(), 'waybill-bench-'));
    for (const ready of [first, later]) {
      const began = performance.now();
      const lab = await startLab({ NODE_COMPILE_CACHE: compiled });
      ready.push((performance.now() - began) / 1000);
      if (round === 0 && ready === later) complete.push(...(await untilComplete(lab.config)));
      await lab.stop();
    }
    rmSync(compiled, { recursive: true });
  }
  console.log(`npm start until ready, first time  ${figures(first, 2)} s`);
  console.log(`npm start until ready, later       ${figures(later, 2)} s`);
  console.log(`response until trace complete      ${figures(complete, 0)} ms`);
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

function figures(values: number[], digits: number): string {
  return `${median(values).toFixed(digits)} (median of ${values.length}; slowest ${Math.max(...values).toFixed(digits)})`;
}
