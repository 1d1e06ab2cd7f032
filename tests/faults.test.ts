// Workers that crash, are killed, are replaced and get stuck under load: what clients get, and what the traces say.
// A gateway and two workers as `npm start` runs them; spans are collected here, so that none is lost unseen.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'undici';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { readLabConfig } from '../lab/config.ts';
import { processes } from '../lab/processes.ts';
import { supervise } from '../lab/supervisor.ts';
import { flatten } from '../otel/contract/expect.ts';
import { gateway } from '../otel/contract/index.ts';
import { judge } from '../otel/contract/judge.ts';
import { findScenario } from '../otel/contract/scenarios.ts';
import { rootsOf, type TraceSpan } from '../otel/trace.ts';
import { type Collector, startCollector } from './collector.ts';
import { freePortVariables } from './lab.ts';

const LETTERS = 10_000;
const EVERY = 500;
const AT_ONCE = 8;

type Row = { worker: string; pid: number; state: string };

let collector: Collector;
let control: string;
let client: Pool;
let stop: () => Promise<void>;
beforeAll(async () => {
  collector = await startCollector();
  const home = mkdtempSync(join(tmpdir(), 'waybill-faults-'));
  const config = readLabConfig({
    ...(await freePortVariables()),
    WAYBILL_HOME: home,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  });
  const listed = processes(config).filter(
    ({ service, name }) => /^(gateway|app)$/.test(`${service}`) || name === 'migrate',
  );
  const lab = supervise(listed, (name) => join(home, `${name}.log`), {
    ready: () => {},
    restarted: () => {},
    lost: (name, how) => expect.fail(`${name} was lost: ${how}`),
  });
  control = `http://127.0.0.1:${config.ports.WAYBILL_GATEWAY_CONTROL_PORT}`;
  client = new Pool(`http://127.0.0.1:${config.ports.WAYBILL_GATEWAY_PORT}`, { connections: AT_ONCE });
  stop = async () => {
    await client.destroy();
    await lab.stop();
    collector.close();
    rmSync(home, { recursive: true, force: true });
  };
  await lab.start();
  await allIdle();
});
afterAll(() => stop?.());
afterEach(async () => {
  await fetch(`${control}/settings`, { method: 'DELETE' });
  await allIdle();
  await collector.quiet();
  collector.clear();
});

const table = async () => ((await (await fetch(`${control}/workers`)).json()) as { workers: Row[] }).workers;
const allIdle = () =>
  vi.waitFor(async () => expect((await table()).map(({ state }) => state)).toEqual(['idle', 'idle']), {
    interval: 20,
    timeout: 10_000,
  });
const set = (settings: object) => fetch(`${control}/settings`, { method: 'PUT', body: JSON.stringify(settings) });

/** Sends one letter; resolves with its status, and for a page that came whole nothing else. */
async function send(method: 'GET' | 'POST', path: string): Promise<string> {
  const { statusCode, body } = await client.request({ method, path, headers: { host: 'tatis.test' } });
  const text = await body.text();
  return statusCode === 200 && !text.includes('class="verdict"') ? 'a broken page' : String(statusCode);
}

/** Sends letters, 8 at a time, while `more` says so; resolves with how often each outcome came. */
async function load(more: (sent: number) => boolean, methods: ('GET' | 'POST')[] = ['GET']) {
  const outcomes: Record<string, number> = {};
  let sent = 0;
  const sendOn = async () => {
    while (more(sent)) {
      const method = methods[sent++ % methods.length] ?? 'GET';
      const outcome = `${method} ${await send(method, method === 'GET' ? '/' : '/accounts/login/')}`;
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sendOn));
  return outcomes;
}

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
  await set({ fault: 'crash', faultEvery: EVERY });
  expect(await load((sent) => sent < LETTERS)).toEqual({ 'GET 200': LETTERS });
  const verdicts = judgeAll(await collector.traces(LETTERS));
  expect(verdicts.flatMap(({ missing, unexpected }) => [...missing, ...unexpected])).toEqual([]);
  expect(verdicts.filter(({ lost }) => lost).length).toBeGreaterThanOrEqual(LETTERS / EVERY);
}, 180_000);

test(`kill -9 every ${EVERY} letters: the same answers; only spans of the app are lost`, async () => {
  await set({ fault: 'kill', faultEvery: EVERY });
  expect(await load((sent) => sent < LETTERS)).toEqual({ 'GET 200': LETTERS });
  const traces = await collector.traces(LETTERS);
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
}, 180_000);

test('reload under load: every worker is another process, no letter fails', async () => {
  const before = await table();
  let isOver = false;
  const loaded = load(() => !isOver, ['GET', 'GET', 'POST']);
  const reloaded = await fetch(`${control}/reload`, { method: 'POST' });
  isOver = true;
  expect(reloaded.status).toBe(200);
  expect(Object.keys(await loaded).sort()).toEqual(['GET 200', 'POST 403']); // 403: the form's token is missing
  const after = await table();
  expect(after.map(({ worker }) => worker)).toEqual(before.map(({ worker }) => worker));
  for (const { pid } of before) expect(after.map((row) => row.pid)).not.toContain(pid);
}, 60_000);

test('workers that are told to end by others (docker compose, kill) under load: no letter fails', async () => {
  let isOver = false;
  const loaded = load(() => !isOver, ['GET', 'GET', 'POST']);
  for (const { worker, pid } of await table()) {
    process.kill(pid, 'SIGTERM');
    await vi.waitFor(
      async () => {
        const row = (await table()).find((each) => each.worker === worker);
        expect(row?.pid).not.toBe(pid);
        expect(row?.state).toMatch(/idle|busy/);
      },
      { interval: 20, timeout: 10_000 },
    );
  }
  isOver = true;
  expect(Object.keys(await loaded).sort()).toEqual(['GET 200', 'POST 403']);
}, 60_000);

test('kill -9 of a worker is healed in under a second', async () => {
  const [victim] = await table();
  const began = performance.now();
  process.kill(victim?.pid ?? 0, 'SIGKILL');
  await vi.waitFor(
    async () => {
      const [row] = await table();
      expect(row?.pid).not.toBe(victim?.pid);
      expect(row?.state).toBe('idle');
    },
    { interval: 5, timeout: 5000 },
  );
  expect(performance.now() - began).toBeLessThan(1000);
});

test('a stuck worker: the client gets 504 in time, the watchdog ends it, and it comes back', async () => {
  const before = (await table()).map(({ pid }) => pid);
  await set({ fault: 'stuck', faultEvery: 1, timeout: 200 });
  expect(await send('GET', '/')).toBe('504');
  await set({ fault: 'none' });
  expect(await send('GET', '/')).toBe('200');
  expect((await table()).map(({ state }) => state).sort()).toEqual(['idle', 'suspect']);
  await allIdle();
  expect((await table()).filter(({ pid }) => !before.includes(pid))).toHaveLength(1);
}, 30_000);
