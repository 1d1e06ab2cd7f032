// Whether a comparison finds a delay of 2 ms, and finds none where there is none: each experiment sends 30 pairs of cold visits in turns,
// the second of each pair with the fault dns.slow. The delay is a timer of the name server, so it is at least as long as it says.

import { startLab } from '../lab/fixture.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { findScenario } from '../scenarios/scenarios.ts';
import { measuredVisit } from '../services/visitor/sets/measured-visit.ts';
import { waitForTrace } from '../traces/jaeger.ts';
import { judge } from '../traces/judge.ts';
import type { TraceSpan } from '../traces/model.ts';
import { compareSets } from '../traces/statistics/comparison.ts';
import { directionOf } from '../traces/statistics/difference.ts';
import { median } from '../traces/statistics/median.ts';
import { type SampleSet, sampleOf } from '../traces/statistics/sample.ts';
import { printTable } from './tools/print.ts';
import type { Effort } from './tools/turns.ts';

const PAIRS = 30;
const DELAYS_MS = [0, 2];
/** For each of `rounds`. */
const EXPERIMENTS = 4;

/** Prints in how many experiments the second side took longer, less, or showed no difference: for the lookup, and for the whole visit. */
export async function main({ rounds }: Effort) {
  const lab = await startLab();
  const { visitorUrl, jaegerUrl } = lab.config;
  const { url, expected } = measuredVisit(findScenario('static') as Scenario, 0, 'cold');
  const setFault = (ms: number) =>
    fetch(`${visitorUrl}/faults`, { method: 'PUT', body: JSON.stringify({ 'dns.slow': ms }) });

  async function visit(): Promise<TraceSpan[]> {
    const body = JSON.stringify({ url, cold: true, browser: 'bench' });
    const { traceId } = (await (await fetch(`${visitorUrl}/visits`, { method: 'POST', body })).json()) as {
      traceId: string;
    };
    const isComplete = (spans: readonly TraceSpan[]) => judge(expected, spans).missing.length === 0;
    return (await waitForTrace(jaegerUrl, traceId, { isComplete })).spans;
  }

  async function experiment(delay: number) {
    const sets = ['without', 'with'].map(
      (name): SampleSet => ({ id: '', name, start: 'cold', samples: [], failures: [] }),
    );
    for (let index = 0; index <= PAIRS; index++) {
      const sides = index % 2 === 0 ? [1, 0] : [0, 1];
      for (const side of sides) {
        await setFault(side === 1 ? delay : 0);
        const sample = sampleOf(await visit(), index);
        if (index > 0 && sample) sets[side]?.samples.push(sample);
      }
    }
    const { whole, stages } = compareSets(sets[0] as SampleSet, sets[1] as SampleSet);
    return [stages.find(({ stage }) => stage === 'dns')?.difference ?? null, whole.difference];
  }

  try {
    for (const delay of DELAYS_MS) {
      const found: Awaited<ReturnType<typeof experiment>>[] = [];
      while (found.length < rounds * EXPERIMENTS) found.push(await experiment(delay));
      const rows = ['lookup', 'whole visit'].map((what, at) => {
        const differences = found.flatMap((each) => each[at] ?? []);
        const count = (direction: number) => differences.filter((each) => directionOf(each) === direction).length;
        const middle = median(differences.map((each) => each.median));
        return {
          [`delay ${delay} ms, ${found.length} × ${PAIRS} pairs`]: what,
          longer: count(1),
          'no difference': count(0),
          less: count(-1),
          'median ms': middle,
        };
      });
      printTable(rows);
    }
  } finally {
    await lab.stop();
  }
}
