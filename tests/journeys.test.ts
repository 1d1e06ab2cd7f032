// Every scenario, sent through a whole lab and held against the contract.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { sendScenario } from '../lab/send.ts';
import { scenarios } from '../scenarios/scenarios.ts';
import { rootsOf } from '../traces/tree.ts';
import { type Lab, startLab } from './lab.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await startLab();
});
afterAll(() => lab?.stop());

test.each(scenarios)('$name leaves exactly the spans of the contract', async (scenario) => {
  const outcomes = await sendScenario(scenario, lab.config);
  expect(
    outcomes.map(({ status, complete, missing, unexpected, extra }) => ({
      status,
      complete,
      missing,
      unexpected,
      extra,
    })),
  ).toEqual(scenario.visits.map(({ status }) => ({ status, complete: true, missing: [], unexpected: [], extra: [] })));
  for (const { spans } of outcomes) expect(rootsOf(spans).map(({ parentSpanId }) => parentSpanId)).toEqual([null]);
});
