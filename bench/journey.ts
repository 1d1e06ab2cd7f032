// How long a learner waits: for the lab to be ready, and for a trace to be complete in the store after the response.
// Each round starts a whole lab as `npm start` does, on free ports. Medians over all rounds.

import { sendScenario, sendVisit } from '../lab/send.ts';
import { findScenario, type Scenario } from '../otel/contract/scenarios.ts';
import { startLab } from '../tests/lab.ts';
import { median } from './median.ts';

const ROUNDS = 3;
const VISITS = 20;

/** Prints both figures. */
export async function main(): Promise<void> {
  const ready: number[] = [];
  const complete: number[] = [];
  const dynamic = findScenario('dynamic') as Scenario;
  for (let round = 0; round < ROUNDS; round++) {
    const began = performance.now();
    const lab = await startLab();
    ready.push(performance.now() - began);
    await sendScenario(dynamic, lab.config); // the first one compiles code
    for (let sent = 0; sent < VISITS; sent++) {
      for (const visit of dynamic.visits) {
        const start = performance.now();
        const { durationMs, ok, missing } = await sendVisit(visit, 'bench', lab.config);
        if (!ok) throw new Error(`a trace is not as the contract says: ${missing.join('; ')}`);
        complete.push(performance.now() - start - durationMs);
      }
    }
    await lab.stop();
  }
  console.log(`npm start until ready         ${(median(ready) / 1000).toFixed(2)} s   (median of ${ready.length})`);
  console.log(
    `response until trace complete ${median(complete).toFixed(0)} ms   (median of ${complete.length}; slowest ${Math.max(...complete).toFixed(0)} ms)`,
  );
}
