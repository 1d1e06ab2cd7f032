// The visitor's API over a whole lab: scenarios, recent and live traces, faults, logs.

import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { runLines } from '../lab/cli/send.ts';
import { type Lab, startLab } from '../lab/fixture.ts';
import { FORMER_NAMES, scenarios } from '../scenarios/scenarios.ts';
import type {
  Contract,
  Fault,
  Faults,
  Logs,
  RunLine,
  Scenarios,
  TraceRow,
  Traces,
  VisitAnswer,
  VisitLine,
} from '../services/visitor/api.ts';
import { spansOf, type TracesData } from '../traces/model.ts';
import { rootsOf } from '../traces/tree.ts';

let lab: Lab;
let url: string;
beforeAll(async () => {
  lab = await startLab();
  url = lab.config.visitorUrl;
});
afterAll(() => lab?.stop());

const get = async <T>(path: string) => (await (await fetch(url + path)).json()) as T;
const run = (name: string, warm = false) => Array.fromAsync(runLines(name, lab.config, warm));
const visitsOf = (lines: RunLine[]) => lines.filter((line): line is VisitLine => line.type === 'visit');
const settings = async () => {
  const response = await fetch(`http://127.0.0.1:${lab.config.ports.WAYBILL_GATEWAY_CONTROL_PORT}/faults`);
  const { faults } = (await response.json()) as Faults;
  return Object.fromEntries(faults.map(({ id, value }) => [id.replace('gateway.', ''), value]));
};
const put = async (changes: object) => {
  const response = await fetch(`${url}/faults`, { method: 'PUT', body: JSON.stringify(changes) });
  return { status: response.status, body: (await response.json()) as Faults & { error?: { message: string } } };
};
const settingOf = ({ faults }: Faults, id: string) => faults.find((fault: Fault) => fault.id === id)?.value;

test('GET /scenarios lists every scenario, story after story', async () => {
  const { scenarios: listed } = await get<Scenarios>('/scenarios');
  expect(listed.map(({ name }) => name)).toEqual(scenarios.map(({ name }) => name));
  expect(listed.map(({ story }) => story)).toEqual(listed.map(({ story }) => story).toSorted());
});

test('GET /contract says of every kind of span what each attribute means', async () => {
  const { spans } = await get<Contract>('/contract');
  const visit = spans.find(({ service, name }) => service === 'visitor' && name === 'visit');
  expect(visit).toMatchObject({
    kind: 'internal',
    parents: ['root', 'visitor page load'],
    attributes: { 'url.full': expect.any(String) },
  });
});

test('a scenario is reported visit by visit, and its traces are found by it, newest first', async () => {
  const lines = await run('redirect');
  expect(lines.map(({ type }) => type)).toEqual(['visit', 'visit', 'end']);
  expect(lines.at(-1)).toEqual({ type: 'end', scenario: 'redirect', ok: true });
  const visits = visitsOf(lines);
  expect(visits.map(({ status, ok }) => [status, ok])).toEqual([
    [301, true],
    [200, true],
  ]);
  expect(visits[1]?.preview).toMatchObject({ contentType: expect.stringContaining('text/html') });

  const { traces } = await get<Traces>('/traces?scenario=redirect');
  expect(traces.map(({ traceId }) => traceId)).toEqual(visits.map(({ traceId }) => traceId).reverse());
  expect(traces[1]).toMatchObject({
    name: 'visitor visit',
    method: 'GET',
    url: 'http://tatis.test/history',
    status: 301,
    scenario: 'redirect',
    spanCount: visits[0]?.spanCount,
  });
  const data = await get<TracesData>(`/traces/${visits[0]?.traceId}.json`);
  expect(rootsOf(spansOf(data))[0]?.attributes['waybill.scenario']).toBe('redirect');
});

test('warm: the last visit alone, over a new connection to a name that is known', async () => {
  const [visit, ...more] = visitsOf(await run('letter', true));
  expect(more).toEqual([]);
  expect(visit).toMatchObject({ ok: true, status: 200 });
  const spans = spansOf(await get<TracesData>(`/traces/${visit?.traceId}.json`));
  expect(spans.find(({ name }) => name === 'resolve')?.attributes['waybill.dns.cache']).toBe('hit');
});

test('two scenarios at once wait for each other: both are as the contract says', async () => {
  const ran = await Promise.all([run('lookups'), run('keep-alive'), run('queueing')]);
  expect(ran.map((lines) => lines.at(-1))).toEqual(
    ['lookups', 'keep-alive', 'queueing'].map((scenario) => ({ type: 'end', scenario, ok: true })),
  );
});

test('requests that one browser sends at the same time do not break each other', async () => {
  const send = async () => {
    const body = JSON.stringify({ url: 'http://tatis.test/' });
    return (await (await fetch(`${url}/visits`, { method: 'POST', body })).json()) as VisitAnswer;
  };
  const visits = await Promise.all(Array.from({ length: 12 }, send));
  expect(visits.map(({ status, error }) => error?.code ?? status)).toEqual(visits.map(() => 200));
});

test('the faults that a scenario sets are restored afterwards, also when the client goes', async () => {
  await put({ 'gateway.queueDepth': 5, 'gateway.workers': 2 });
  const before = await settings();
  const gone = new AbortController();
  const response = fetch(`${url}/scenarios/queueing`, { method: 'POST', body: '{}', signal: gone.signal });
  await vi.waitFor(async () => expect(await settings()).toMatchObject({ workers: 1 }), { interval: 5 });
  gone.abort();
  await expect(response.then((each) => each.text())).rejects.toThrow();
  await vi.waitFor(async () => expect(await settings()).toEqual(before));
  await fetch(`${url}/faults`, { method: 'DELETE' });
  expect(await settings()).toMatchObject({ queueDepth: 64 });
});

test('every fault of the lab can be set, and an invalid value is refused with what is valid', async () => {
  const { faults, unreachable } = await get<Faults>('/faults');
  expect(unreachable).toEqual([]);
  expect(new Set(faults.map(({ service }) => service))).toEqual(
    new Set(['visitor', 'dns', 'router', 'proxy', 'gateway', 'app']),
  );
  for (const { value, default: otherwise } of faults) expect(value).toBe(otherwise);

  const turned = { 'dns.slow': 50, 'dns.lame': true, 'router.south': true, 'gateway.fault': 'crash' };
  const { body } = await put(turned);
  for (const [id, value] of Object.entries(turned)) expect(settingOf(body, id)).toBe(value);
  const [visit] = visitsOf(await run('dynamic'));
  expect(visit).toMatchObject({ status: null, ok: false });

  for (const [changes, message] of [
    [{ 'dns.slow': -1 }, 'dns.slow takes a whole number from 0 to 10000 (ms)'],
    [{ 'dns.lame': 1 }, 'dns.lame takes true or false'],
    [{ 'gateway.fault': 'none', 'router.moon': true }, /^router\.moon is unknown; expected .*dns\.slow, /],
    [{ 'gateway.fault': 'sleep' }, 'gateway.fault takes none, crash, kill or stuck'],
  ] as const) {
    const refused = await put(changes);
    expect(refused.status).toBe(400);
    expect(refused.body.error?.message).toMatch(message);
  }
  expect(settingOf(await get<Faults>('/faults'), 'gateway.fault')).toBe('crash'); // refused as a whole

  const mended = (await (await fetch(`${url}/faults`, { method: 'DELETE' })).json()) as Faults;
  for (const { id, value, default: otherwise } of mended.faults) expect([id, value]).toEqual([id, otherwise]);
  expect((await run('dynamic')).at(-1)).toMatchObject({ ok: true });
});

test('a new trace is sent to the clients of /live once it has settled', async () => {
  const rows: TraceRow[] = [];
  const gone = new AbortController();
  const { body } = await fetch(`${url}/live`, { signal: gone.signal });
  const reading = (async () => {
    for await (const piece of body?.pipeThrough(new TextDecoderStream()) ?? []) {
      for (const [, data = ''] of piece.matchAll(/event: trace\ndata: (.*)\n/g)) rows.push(JSON.parse(data));
    }
  })().catch(() => {});
  const response = await fetch(`http://127.0.0.1:${lab.config.ports.WAYBILL_SITE_PORT}/`, {
    headers: { host: 'tatis.test' },
  });
  const traceId = response.headers.get('traceresponse')?.split('-')[1];
  const row = await vi.waitFor(
    () => {
      const found = rows.find((each) => each.traceId === traceId);
      expect(found).toBeDefined();
      return found as TraceRow;
    },
    { interval: 10 },
  );
  expect(row).toMatchObject({ name: 'proxy GET', method: 'GET', status: 200, scenario: null });
  gone.abort();
  await reading;
});

test.each([
  ['status=404', ['missing']],
  ['status=4xx', ['forged', 'missing']],
  ['status=none&q=nowhere', ['nowhere', 'nowhere']],
  ['q=history', ['redirect', 'redirect']],
  ['minDuration=300&scenario=slow', ['slow']],
  ['maxDuration=0.5', []],
  ['limit=1&scenario=keep-alive', ['keep-alive']],
])('GET /traces?%s finds %j', async (query, names) => {
  for (const name of new Set(['missing', 'forged', 'nowhere', 'slow'])) {
    if ((await get<Traces>(`/traces?scenario=${name}&limit=1`)).traces.length === 0) await run(name);
  }
  const { traces } = await get<Traces>(`/traces?${query}`);
  expect(traces.map(({ scenario }) => scenario)).toEqual(names);
});

test.each([...FORMER_NAMES])('POST /scenarios/%s runs %s; its traces are found by both names', async (former, name) => {
  expect((await run(former)).at(-1)).toEqual({ type: 'end', scenario: name, ok: true });
  for (const asked of [former, name]) {
    const { traces } = await get<Traces>(`/traces?scenario=${asked}&limit=1`);
    expect(traces.map(({ scenario }) => scenario)).toEqual([name]);
  }
});

test('the log lines of a trace are those that carry its id', async () => {
  const [visit] = visitsOf(await run('error'));
  const lines = await vi.waitFor(async () => {
    const { logs } = await get<Logs>(`/logs/${visit?.traceId}`);
    expect(logs.length).toBeGreaterThan(0);
    return logs;
  });
  expect(lines).toContainEqual(expect.objectContaining({ service: 'app', level: 'error', spanId: expect.any(String) }));
});

test.each([
  ['GET', '/traces?limit=0', 400],
  ['GET', '/traces?limit=1000', 400],
  ['GET', '/traces?status=9xx', 400],
  ['GET', '/traces?speed=1', 400],
  ['GET', '/traces/xyz.json', 400],
  ['GET', `/traces/${'0'.repeat(31)}1.json`, 404],
  ['POST', '/scenarios/nonsense', 404],
  ['POST', '/scenarios/constructor', 404],
  ['GET', '/assets/..%2Fmanifest.json', 404],
  ['GET', '/logs/xyz', 400],
])('%s %s is %i, and says why', async (method, path, status) => {
  const response = await fetch(url + path, { method });
  expect(response.status).toBe(status);
  expect(await response.json()).toEqual({ error: { code: expect.any(String), message: expect.any(String) } });
});

test('every page comes under a policy that lets in nothing but files of our own', async () => {
  for (const path of ['/', '/compare', '/faults', '/open', `/traces/${'0'.repeat(31)}1`]) {
    const { headers } = await fetch(url + path, { headers: { accept: 'text/html' } });
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  }
});

test('at most 32 listen: the one that has listened longest is ended for one more', async () => {
  const gone = new AbortController();
  const listen = () => fetch(`${url}/live`, { signal: gone.signal });
  const first = await listen();
  const others = await Promise.all(Array.from({ length: 32 }, listen));
  expect(others.every(({ ok }) => ok)).toBe(true);
  expect(await first.text()).toContain('retry: ');
  gone.abort();
});
