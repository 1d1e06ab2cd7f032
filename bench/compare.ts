// Whether a comparison finds a delay of 2 ms, and finds none where there is none: each experiment sends 30 pairs of cold visits in turns,
// the second of each pair with the fault dns.slow. The delay is a timer of the name server, so it is at least as long as it says.

import { askVisitor } from '../lab/cli/send.ts';
import { startLab } from '../lab/fixture.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { findScenario } from '../scenarios/scenarios.ts';
import type { VisitAnswer } from '../services/visitor/api.ts';
import { measuredVisit, measureTrace } from '../services/visitor/sets/measured-visit.ts';
import { waitForTrace } from '../traces/jaeger.ts';
import { judge } from '../traces/judge.ts';
import type { TraceSpan } from '../traces/model.ts';
import { compareSets } from '../traces/statistics/comparison.ts';
import { directionOf } from '../traces/statistics/difference.ts';
import { median } from '../traces/statistics/median.ts';
import { addMeasured, type Measured, type SampleSet } from '../traces/statistics/sample.ts';
import { printTable } from './tools/print.ts';
import type { Effort } from './tools/turns.ts';

const PAIRS = 30;
const DELAYS_MS = [0, 2];
/** For each of `rounds`. */
const EXPERIMENTS = 4;

/** Prints in how many experiments the second side took longer, less, or showed no difference: for the lookup, and for the whole visit. */
export async function main({ rounds }: Effort) {
  const lab = await startLab();
  const measured = measuredVisit(findScenario('static') as Scenario, 0, 'cold');
  const setFault = (ms: number) =>
    askVisitor(lab.config, '/faults', { method: 'PUT', body: JSON.stringify({ 'dns.slow': ms }) });

  async function visit(index: number): Promise<Measured> {
    const body = JSON.stringify({ url: measured.url, cold: true, browser: 'bench' });
    const response = await askVisitor(lab.config, '/visits', { method: 'POST', body });
    const { traceId } = (await response.json()) as VisitAnswer;
    const isComplete = (spans: readonly TraceSpan[]) => judge(measured.expected, spans).missing.length === 0;
    const { spans } = await waitForTrace(lab.config.jaegerUrl, traceId, { isComplete });
    return measureTrace(spans, index, measured);
  }

  async function experiment(delay: number) {
    const emptySet = (name: string): SampleSet => ({ id: '', name, start: 'cold', samples: [], failures: [] });
    const without = emptySet('without');
    const slowed = emptySet('with');
    for (let index = 0; index <= PAIRS; index++) {
      for (const set of index % 2 === 0 ? [slowed, without] : [without, slowed]) {
        await setFault(set === slowed ? delay : 0);
        addMeasured(set, await visit(index));
      }
    }
    const { whole, stages } = compareSets(without, slowed);
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
