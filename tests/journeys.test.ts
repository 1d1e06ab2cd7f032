// Every scenario, sent through a whole lab and held against the contract.

import { SpanKind } from '@opentelemetry/api';
import { beforeAll, expect, test } from 'vitest';
import { readTrace, sendScenario } from '../lab/cli/send.ts';
import type { Lab } from '../lab/fixture.ts';
import { scenarios } from '../scenarios/scenarios.ts';
import type { Diagnosis, JudgedTrace, VisitAnswer } from '../services/visitor/api.ts';
import { diagnose } from '../traces/diagnosis/diagnose.ts';
import { waitForTrace } from '../traces/jaeger.ts';
import { endOf } from '../traces/segments.ts';
import { rootsOf } from '../traces/tree.ts';
import { sharedLab } from './shared-lab.ts';
import { saidTooLate } from './support/traces/replay.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await sharedLab();
});

const RIGHT = { complete: true, missing: [], unexpected: [], extra: [] };

function verdictOf({ complete, missing, unexpected, extra }: JudgedTrace) {
  return { complete, missing, unexpected, extra };
}

test.each(scenarios)('$name leaves exactly the spans of the contract', async (scenario) => {
  const outcomes = await sendScenario(scenario, lab.config);
  expect(
    outcomes.map(({ status, task, ...trace }) => ({ status, ...verdictOf(trace), task: task && verdictOf(task) })),
  ).toEqual(scenario.visits.map(({ status, task }) => ({ status, ...RIGHT, task: task && RIGHT })));
  for (const { spans } of outcomes) {
    expect(rootsOf(spans).map(({ parentSpanId }) => parentSpanId)).toEqual([null]);
    expect(saidTooLate(spans)).toEqual([]);
    expect(diagnose(spans)).toEqual([]);
  }
});

test('later: the request is answered first, and each of its two traces leads to the other', async () => {
  const [, sent] = await sendScenario({ name: 'later' }, lab.config);
  const { spans } = await readTrace(sent?.task?.traceId ?? '', lab.config);
  const sender = sent?.spans.find(({ kind }) => kind === SpanKind.PRODUCER);
  const [root] = spans;
  expect(root).toMatchObject({ name: 'process reports', kind: SpanKind.CONSUMER, parentSpanId: null });
  expect(root?.links).toMatchObject([{ traceId: sent?.traceId, spanId: sender?.spanId }]);
  const answered = Math.max(...(sent?.spans.map(endOf) ?? []));
  expect(Math.max(...spans.map(endOf))).toBeGreaterThan(answered);

  for (const traceId of [sent?.traceId, sent?.task?.traceId]) {
    const response = await fetch(`${lab.config.visitorUrl}/traces/${traceId}/diagnosis`);
    const { findings, linkedFrom } = (await response.json()) as Diagnosis;
    expect(findings).toEqual([]);
    expect(linkedFrom.map((each) => each.traceId)).toEqual(traceId === sent?.traceId ? [sent?.task?.traceId] : []);
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
