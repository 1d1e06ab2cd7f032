// Every scenario, sent through a whole lab and held against the contract.

import { beforeAll, expect, test } from 'vitest';
import { sendScenario } from '../lab/cli/send.ts';
import type { Lab } from '../lab/fixture.ts';
import { scenarios } from '../scenarios/scenarios.ts';
import type { VisitAnswer } from '../services/visitor/api.ts';
import { diagnose } from '../traces/diagnosis/diagnose.ts';
import { waitForTrace } from '../traces/jaeger.ts';
import { rootsOf } from '../traces/tree.ts';
import { sharedLab } from './shared-lab.ts';
import { saidTooLate } from './support/traces/replay.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await sharedLab();
});

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
  for (const { spans } of outcomes) {
    expect(rootsOf(spans).map(({ parentSpanId }) => parentSpanId)).toEqual([null]);
    expect(saidTooLate(spans)).toEqual([]);
    expect(diagnose(spans)).toEqual([]);
  }
});

/** Makes a visit that belongs to no scenario; resolves with what became of it, and the spans that it left. */
async function visit(url: string) {
  const response = await fetch(`${lab.config.visitorUrl}/visits`, { method: 'POST', body: JSON.stringify({ url }) });
  const visited = (await response.json()) as VisitAnswer;
  const { spans } = await waitForTrace(lab.config.jaegerUrl, visited.traceId);
  const names = spans.filter(({ service }) => service === 'visitor').map(({ name }) => name);
  return { visited, names, attributes: rootsOf(spans)[0]?.attributes };
}

test('an address needs no DNS: nothing is looked up', async () => {
  const { visited, names, attributes } = await visit('http://203.0.113.10/');
  expect(visited).toMatchObject({ connection: 'new', error: null });
  expect(names).toEqual(['visit', 'connect', 'GET']);
  expect(attributes).toMatchObject({ 'waybill.lookup': 'address' });
});

test('a name that is written out to its last dot is the same name', async () => {
  const { visited, names } = await visit('http://tatis.test./');
  expect(visited).toMatchObject({ connection: 'new', error: null });
  expect(names).toEqual(['visit', 'DNS lookup', 'connect', 'GET']);
});

test.each([
  ['http://tatis.test:81/', 'ECONNREFUSED'],
  ['http://203.0.113.10:81/', 'ECONNREFUSED'],
  ['http://192.0.2.99/', 'EHOSTUNREACH'],
])('no process listens at %s: %s', async (url, code) => {
  const { visited, names } = await visit(url);
  expect(visited).toMatchObject({ status: null, connection: 'refused', error: { code } });
  expect(names.at(-1)).toBe('connect');
});
