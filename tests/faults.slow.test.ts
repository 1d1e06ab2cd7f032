// Workers that crash, are killed, are replaced and get stuck under load: what clients get, and what the traces say.
// A gateway and two workers as `npm start` runs them; spans are collected here, so that none is lost unseen.

import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { gateway } from '../otel/contract/index.ts';
import { findScenario } from '../scenarios/scenarios.ts';
import { flatten } from '../traces/expected.ts';
import { judge } from '../traces/judge.ts';
import type { TraceSpan } from '../traces/model.ts';
import { rootsOf } from '../traces/tree.ts';
import { startGatewayWithWorkers } from './gateway-with-workers.ts';

const REQUESTS = 500;
const EVERY = 100;

let lab: Awaited<ReturnType<typeof startGatewayWithWorkers>>;
beforeAll(async () => {
  lab = await startGatewayWithWorkers({ WAYBILL_WATCHDOG_TIMEOUT: '5000', WAYBILL_QUEUE_WAIT: '100000' });
});
afterAll(() => lab?.stop());
afterEach(async () => {
  await lab.putBack();
  await lab.allIdle();
  await lab.collector.quiet();
  lab.collector.clear();
});

/** What the contract expects from the gateway on, in that scenario. */
function fromGateway(scenario: string) {
  const expected = findScenario(scenario)?.visits[0]?.expected;
  const found = expected && flatten(expected).find(({ spec }) => spec === gateway.server);
  return found ?? expect.fail(`scenario ${scenario} does not reach the gateway`);
}

/** Compares each trace with the contract: as a request answered at once, or as one that was retried. */
function judgeAll(traces: TraceSpan[][]) {
  const answered = fromGateway('dynamic');
  const again = fromGateway('crash');
  return traces.map((spans) => {
    const lost = spans.some(({ attributes }) => attributes['error.type'] === 'worker_lost');
    return { lost, ...judge(lost ? again : answered, spans) };
  });
}

test(`an exception that ends a worker every ${EVERY} requests: each client gets one 200, every trace is complete`, async () => {
  await lab.set({ fault: 'crash', faultEvery: EVERY });
  expect(await lab.load((sent) => sent < REQUESTS)).toEqual({ 'GET 200': REQUESTS });
  const verdicts = judgeAll(await lab.collector.traces(REQUESTS));
  expect(verdicts.flatMap(({ missing, unexpected }) => [...missing, ...unexpected])).toEqual([]);
  expect(verdicts.filter(({ lost }) => lost).length).toBeGreaterThanOrEqual(REQUESTS / EVERY);
});

test(`kill -9 every ${EVERY} requests: the same answers; only spans of the app are lost`, async () => {
  await lab.set({ fault: 'kill', faultEvery: EVERY });
  expect(await lab.load((sent) => sent < REQUESTS)).toEqual({ 'GET 200': REQUESTS });
  const traces = await lab.collector.traces(REQUESTS);
  const verdicts = judgeAll(traces);
  const missing = verdicts.flatMap((verdict) => verdict.missing);
  const unexpected = verdicts.flatMap((verdict) => verdict.unexpected);
  expect(missing.filter((line) => !line.startsWith('app '))).toEqual([]);
  expect(unexpected.filter((line) => !line.startsWith('app '))).toEqual([]);
  expect(traces.filter((spans) => rootsOf(spans.filter(({ service }) => service === 'gateway')).length !== 1)).toEqual(
    [],
  );
  const kills = verdicts.filter(({ lost }) => lost).length;
  expect(kills).toBeGreaterThanOrEqual(REQUESTS / EVERY);
  console.log(`${kills} requests lost their worker; ${missing.length} spans of answered requests were lost with it`);
});

test('reload under load: every worker is another process, no request fails', async () => {
  const before = await lab.table();
  let isOver = false;
  const loaded = lab.load(() => !isOver, ['GET', 'GET', 'POST']);
  const reloaded = await lab.reload();
  isOver = true;
  expect(reloaded.status).toBe(200);
  expect(Object.keys(await loaded).sort()).toEqual(['GET 200', 'POST 403']); // 403: the form's token is missing
  const after = await lab.table();
  expect(after.map(({ worker }) => worker)).toEqual(before.map(({ worker }) => worker));
  for (const { pid } of before) expect(after.map((row) => row.pid)).not.toContain(pid);
});

test('workers that get SIGTERM from outside (docker compose, kill) under load: no request fails', async () => {
  let isOver = false;
  const loaded = lab.load(() => !isOver, ['GET', 'GET', 'POST']);
  for (const { worker, pid } of await lab.table()) {
    process.kill(pid, 'SIGTERM');
    await vi.waitFor(async () => {
      const row = (await lab.table()).find((each) => each.worker === worker);
      expect(row?.pid).not.toBe(pid);
      expect(row?.state).toMatch(/idle|busy/);
    });
  }
  isOver = true;
  expect(Object.keys(await loaded).sort()).toEqual(['GET 200', 'POST 403']);
});

test('a worker that kill -9 ends is replaced by another process', async () => {
  const [victim] = await lab.table();
  process.kill(victim?.pid ?? 0, 'SIGKILL');
  await vi.waitFor(async () => {
    const [row] = await lab.table();
    expect(row?.pid).not.toBe(victim?.pid);
    expect(row?.state).toBe('idle');
  });
});

test('a stuck worker: the client gets 504, the watchdog ends it, and it comes back', async () => {
  const before = (await lab.table()).map(({ pid }) => pid);
  await lab.set({ fault: 'stuck', faultEvery: 1, timeout: 1000 });
  expect(await lab.send()).toBe('504');
  await lab.set({ fault: 'none', timeout: 60_000 });
  expect(await lab.send()).toBe('200');
  await lab.allIdle();
  expect((await lab.table()).filter(({ pid }) => !before.includes(pid))).toHaveLength(1);
});

test('workers that restart after WAYBILL_MAX_REQUESTS: no request fails', async () => {
  const recycling = await startGatewayWithWorkers({
    WAYBILL_MAX_REQUESTS: '100',
    WAYBILL_MAX_REQUESTS_JITTER: '50',
    WAYBILL_QUEUE_WAIT: '100000',
  });
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
