// Workers that crash, are killed, are replaced and get stuck under load: what clients get, and what the traces say.
// A gateway and two workers as `npm start` runs them; spans are collected here, so that none is lost unseen.

import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { gateway } from '../otel/contract/index.ts';
import { findScenario } from '../scenarios/scenarios.ts';
import { flatten } from '../traces/expected.ts';
import { judge } from '../traces/judge.ts';
import type { TraceSpan } from '../traces/model.ts';
import { rootsOf } from '../traces/tree.ts';
import { startCrew } from './crew.ts';

const LETTERS = 2000;
const EVERY = 100;

let crew: Awaited<ReturnType<typeof startCrew>>;
beforeAll(async () => {
  crew = await startCrew({ WAYBILL_WATCHDOG_TIMEOUT: '5000' });
});
afterAll(() => crew?.stop());
afterEach(async () => {
  await crew.putBack();
  await crew.allIdle();
  await crew.collector.quiet();
  crew.collector.clear();
});

/** What the contract expects from the gateway on, in that scenario. */
function fromGateway(scenario: string) {
  const expected = findScenario(scenario)?.visits[0]?.expected;
  const found = expected && flatten(expected).find(({ spec }) => spec === gateway.server);
  return found ?? expect.fail(`scenario ${scenario} does not reach the gateway`);
}

/** Holds each trace against the contract: as one letter answered at once, or as one sent again. */
function judgeAll(traces: TraceSpan[][]) {
  const answered = fromGateway('dynamic');
  const again = fromGateway('crash');
  return traces.map((spans) => {
    const lost = spans.some(({ attributes }) => attributes['error.type'] === 'worker_lost');
    return { lost, ...judge(lost ? again : answered, spans) };
  });
}

test(`an exception that ends a worker every ${EVERY} letters: each client gets one 200, every trace is complete`, async () => {
  await crew.set({ fault: 'crash', faultEvery: EVERY });
  expect(await crew.load((sent) => sent < LETTERS)).toEqual({ 'GET 200': LETTERS });
  const verdicts = judgeAll(await crew.collector.traces(LETTERS));
  expect(verdicts.flatMap(({ missing, unexpected }) => [...missing, ...unexpected])).toEqual([]);
  expect(verdicts.filter(({ lost }) => lost).length).toBeGreaterThanOrEqual(LETTERS / EVERY);
});

test(`kill -9 every ${EVERY} letters: the same answers; only spans of the app are lost`, async () => {
  await crew.set({ fault: 'kill', faultEvery: EVERY });
  expect(await crew.load((sent) => sent < LETTERS)).toEqual({ 'GET 200': LETTERS });
  const traces = await crew.collector.traces(LETTERS);
  const verdicts = judgeAll(traces);
  const missing = verdicts.flatMap((verdict) => verdict.missing);
  const unexpected = verdicts.flatMap((verdict) => verdict.unexpected);
  expect(missing.filter((line) => !line.startsWith('app '))).toEqual([]);
  expect(unexpected.filter((line) => !line.startsWith('app '))).toEqual([]);
  expect(traces.filter((spans) => rootsOf(spans.filter(({ service }) => service === 'gateway')).length !== 1)).toEqual(
    [],
  );
  const kills = verdicts.filter(({ lost }) => lost).length;
  expect(kills).toBeGreaterThanOrEqual(LETTERS / EVERY);
  console.log(`${kills} letters lost their worker; ${missing.length} spans of answered letters were lost with it`);
});

test('reload under load: every worker is another process, no letter fails', async () => {
  const before = await crew.table();
  let isOver = false;
  const loaded = crew.load(() => !isOver, ['GET', 'GET', 'POST']);
  const reloaded = await crew.reload();
  isOver = true;
  expect(reloaded.status).toBe(200);
  expect(Object.keys(await loaded).sort()).toEqual(['GET 200', 'POST 403']); // 403: the form's token is missing
  const after = await crew.table();
  expect(after.map(({ worker }) => worker)).toEqual(before.map(({ worker }) => worker));
  for (const { pid } of before) expect(after.map((row) => row.pid)).not.toContain(pid);
});

test('workers that are told to end by others (docker compose, kill) under load: no letter fails', async () => {
  let isOver = false;
  const loaded = crew.load(() => !isOver, ['GET', 'GET', 'POST']);
  for (const { worker, pid } of await crew.table()) {
    process.kill(pid, 'SIGTERM');
    await vi.waitFor(async () => {
      const row = (await crew.table()).find((each) => each.worker === worker);
      expect(row?.pid).not.toBe(pid);
      expect(row?.state).toMatch(/idle|busy/);
    });
  }
  isOver = true;
  expect(Object.keys(await loaded).sort()).toEqual(['GET 200', 'POST 403']);
});

test('a worker that kill -9 ends is replaced by another process', async () => {
  const [victim] = await crew.table();
  process.kill(victim?.pid ?? 0, 'SIGKILL');
  await vi.waitFor(async () => {
    const [row] = await crew.table();
    expect(row?.pid).not.toBe(victim?.pid);
    expect(row?.state).toBe('idle');
  });
});

test('a stuck worker: the client gets 504, the watchdog ends it, and it comes back', async () => {
  const before = (await crew.table()).map(({ pid }) => pid);
  await crew.set({ fault: 'stuck', faultEvery: 1, timeout: 1000 });
  expect(await crew.send()).toBe('504');
  await crew.set({ fault: 'none', timeout: 60_000 });
  expect(await crew.send()).toBe('200');
  await crew.allIdle();
  expect((await crew.table()).filter(({ pid }) => !before.includes(pid))).toHaveLength(1);
});

test('workers that make room after so many letters: no letter fails', async () => {
  const recycling = await startCrew({ WAYBILL_MAX_REQUESTS: '100', WAYBILL_MAX_REQUESTS_JITTER: '50' });
  try {
    expect(Object.keys(await recycling.load((sent) => sent < 600, ['GET', 'GET', 'POST'])).sort()).toEqual([
      'GET 200',
      'POST 403',
    ]);
    await recycling.allIdle();
    expect(new Set(recycling.restarted)).toEqual(new Set(['app-1', 'app-2']));
    for (const { served } of await recycling.table()) expect(served).toBeLessThanOrEqual(150);
  } finally {
    await recycling.stop();
  }
});
