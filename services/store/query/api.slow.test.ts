// The query API where it answers more than what a real Jaeger 2.20 was recorded to say (conformance.slow.test.ts).

import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { exportOf, START, traceIdOf } from '../../../tests/support/store/spans.ts';
import { memoryStorage, startStore, type TestStore } from '../../../tests/support/store/store.ts';
import { readTrace } from '../../../traces/jaeger.ts';

let store: TestStore;
beforeAll(async () => {
  store = await startStore();
  await post(
    store,
    exportOf([
      { trace: 1, span: 1, service: 'proxy', name: 'GET', kind: 2, took: 20 },
      { trace: 1, span: 2, parent: 1, service: 'app', name: 'view', kind: 0, took: 5 },
      { trace: 2, span: 1, service: 'app', name: 'view', kind: 1, at: 1000, more: { status: { code: 2 } } },
      { trace: 2, span: 2, parent: 1, service: 'app', name: 'GET', kind: 3, at: 1000 },
    ]),
  );
});
afterAll(() => store.close());

async function post({ otlp }: TestStore, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const { status } = await fetch(`${otlp}/v1/traces`, { method: 'POST', headers, body: JSON.stringify(body) });
  expect(status).toBe(200);
}

const get = async (path: string) => {
  const answer = await fetch(store.query + path);
  return [answer.status, await answer.json()];
};
const NO_ERRORS = { limit: 0, offset: 0, errors: null };
const TIME = `start=${START / 1000n - 1_000_000n}&end=${START / 1000n + 10_000_000n}`;

/** What a Jaeger 1.76 answers to those who still ask so: older clients, and Grafana's data source. */
test.each([
  ['/api/services', { ...NO_ERRORS, data: ['app', 'proxy'], total: 2 }],
  ['/api/services/app/operations', { ...NO_ERRORS, data: ['GET', 'view'], total: 2 }],
  ['/api/services/nobody/operations', { ...NO_ERRORS, data: [], total: 0 }],
  [
    '/api/operations?service=app',
    {
      ...NO_ERRORS,
      data: [
        { name: 'GET', spanKind: 'client' },
        { name: 'view', spanKind: '' },
        { name: 'view', spanKind: 'internal' },
      ],
      total: 3,
    },
  ],
  [
    '/api/operations?service=app&spanKind=client',
    { ...NO_ERRORS, data: [{ name: 'GET', spanKind: 'client' }], total: 1 },
  ],
  [`/api/traces?service=nobody&${TIME}`, { ...NO_ERRORS, data: [], total: 0 }],
])('%s', async (path, answer) => {
  expect(await get(path)).toEqual([200, answer]);
});

const found = async (parameters: string) => {
  const [status, { data }] = (await get(`/api/traces?${parameters}`)) as [number, { data: { traceID: string }[] }];
  return [status, ...data.map(({ traceID }) => Number.parseInt(traceID, 16))];
};

test.each([
  [`service=app&${TIME}`, [2, 1]],
  [`service=app&${TIME}&limit=1`, [2]],
  [`service=app&${TIME}&operation=GET`, [2]],
  [`service=app&${TIME}&operation=`, [2, 1]],
  [`service=proxy&${TIME}&minDuration=10ms`, [1]],
  [`service=proxy&${TIME}&minDuration=10ms&maxDuration=15ms`, []],
  [`service=app&${TIME}&tags={"error":"true"}`, [2]],
  [`service=app&${TIME}&tag=error:true`, [2]],
  [`service=app&${TIME}&tag=span.kind:client&tag=error:true`, []],
  [`service=app&${TIME}&tags={"__proto__":"x"}`, []],
  ['service=app', []], // of the last two days
  [`service=app&lookback=custom&${TIME}`, [2, 1]],
])('an older search for %s finds %j', async (parameters, traces) => {
  expect(await found(parameters)).toEqual([200, ...traces]);
});

test('an older search answers traces as the older path to one trace does', async () => {
  const [, { data }] = (await get(`/api/traces?service=proxy&${TIME}`)) as [number, { data: object[] }];
  const [, one] = (await get(`/api/traces/${traceIdOf(1)}`)) as [number, { data: object[] }];
  expect(data).toEqual(one.data);
});

test.each([
  '/api/traces',
  `/api/traces?service=&${TIME}`,
  '/api/traces?service=app&start=x',
  '/api/traces?service=app&minDuration=5',
  '/api/traces?service=app&minDuration=5ms&maxDuration=1ms',
  '/api/traces?service=app&limit=x',
  '/api/traces?service=app&tag=x',
  '/api/traces?service=app&tags=x',
  '/api/operations',
  '/api/traces/xyz',
])('%s is 400, in the older form', async (path) => {
  expect(await get(path)).toEqual([
    400,
    { ...NO_ERRORS, data: null, total: 0, errors: [{ code: 400, msg: expect.stringMatching(/./) }] },
  ]);
});

test.each(['/api/services', '/api/v3/services', `/api/v3/traces/${traceIdOf(1)}`, `/api/traces/${traceIdOf(1)}`])(
  '%s with prettyPrint=true is the same, in lines',
  async (path) => {
    const [plain, pretty, not] = await Promise.all(
      ['', '?prettyPrint=true', '?prettyPrint=false'].map(async (more) =>
        (await fetch(store.query + path + more)).text(),
      ),
    );
    expect(pretty).toBe(JSON.stringify(JSON.parse(plain ?? ''), null, 4));
    expect(not).toBe(plain);
  },
);

test('a trace is found by an id in capitals and by one of 16 digits', async () => {
  await post(store, exportOf([{ trace: 0xabc, span: 1 }]));
  for (const id of [traceIdOf(0xabc).toUpperCase(), traceIdOf(0xabc).slice(16), 'abc']) {
    expect((await fetch(`${store.query}/api/v3/traces/${id}`)).status).toBe(200);
    expect((await fetch(`${store.query}/api/traces/${id}`)).status).toBe(200);
  }
});

test('a parent of zeros is none, also where it is counted', async () => {
  const zeros = { parentSpanId: '0000000000000000', startTimeUnixNano: String(START + 60_000_000_000n) };
  await post(store, exportOf([{ trace: 3, span: 1, service: 'zeros', name: 'top', more: zeros }]));
  const [, trace] = await get(`/api/v3/traces/${traceIdOf(3)}`);
  expect(JSON.stringify(trace)).not.toContain('parentSpanId');
  const [, old] = await get(`/api/traces/${traceIdOf(3)}`);
  expect(old).toMatchObject({ data: [{ spans: [{ references: [] }] }] });
  const times = 'query.startTimeMin=2026-01-01T00:00:00Z&query.startTimeMax=2027-01-01T00:00:00Z';
  const [, { summaries }] = (await get(`/api/v3/trace-summaries?${times}&query.serviceName=zeros`)) as [
    number,
    { summaries: object[] },
  ];
  expect(summaries).toEqual([expect.objectContaining({ rootOperationName: 'top', spanCount: 1 })]);
  expect(summaries[0]).not.toHaveProperty('orphanSpanCount');
});

test.each([
  [2n ** 60n, 'internal'],
  [2n ** 60n + 3n, 'client'],
  [2n ** 64n - 1n, 'internal'],
  [77n, 'internal'],
])('the kind %s on the wire is int32, as a Jaeger reads it: %s', async (kind, spanKind) => {
  const service = Buffer.from(`kind ${kind}`);
  const span = Buffer.concat([
    field(1, Buffer.alloc(16, 1)),
    field(2, Buffer.alloc(8, 1)),
    Buffer.from([0x30]),
    varint(kind),
  ]);
  const attribute = Buffer.concat([field(1, Buffer.from('service.name')), field(2, field(1, service))]);
  const body = field(1, Buffer.concat([field(1, field(1, attribute)), field(2, field(2, span))]));
  const headers = { 'content-type': 'application/x-protobuf' };
  expect((await fetch(`${store.otlp}/v1/traces`, { method: 'POST', headers, body })).status).toBe(200);
  expect(await get(`/api/v3/operations?service=${service}`)).toEqual([200, { operations: [{ name: '', spanKind }] }]);
});

function field(number: number, content: Buffer): Buffer<ArrayBuffer> {
  return Buffer.concat([Buffer.from([number * 8 + 2]), varint(BigInt(content.length)), content]);
}

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7n) {
    if (rest < 128n) return Buffer.from([...bytes, Number(rest)]);
    bytes.push(Number(rest & 127n) | 128);
  }
}

test.each([
  ['/', 'http://127.0.0.1:8190/'],
  ['/search', 'http://127.0.0.1:8190/'],
  [`/trace/${traceIdOf(1)}`, `http://127.0.0.1:8190/traces/${traceIdOf(1)}`],
  [`/trace/${traceIdOf(1)}...${traceIdOf(2)}`, `http://127.0.0.1:8190/compare/${traceIdOf(1)}...${traceIdOf(2)}`],
  ['/trace/%3Cscript%3E', 'http://127.0.0.1:8190/'],
])('a browser at %s gets a page with a link: %s', async (path, target) => {
  const answer = await fetch(store.query + path);
  const html = await answer.text();
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  expect(html).toContain(`<a href="${target}">`);
  expect(html).toContain("Waybill's trace store");
  expect(html).not.toContain('<title>Jaeger UI');
});

test('of a trace that is too large the beginning is answered, with how many spans there are', async () => {
  const storage = memoryStorage();
  const large = await startStore(storage);
  onTestFinished(() => large.close());
  const [text, each] = ['x'.repeat(1000), 10_000];
  for (let from = 1; from < 60_000; from += each) {
    const spans = Array.from({ length: each }, (_, index) => ({
      traceId: traceIdOf(1),
      spanId: (from + index).toString(16).padStart(16, '0'),
      name: text,
    }));
    await post(large, { resourceSpans: [{ scopeSpans: [{ spans }] }] });
  }
  const { spans, total } = await readTrace(large.query, traceIdOf(1));
  expect(total).toBe(60_000);
  expect(spans.length).toBeGreaterThan(20_000);
  expect(spans.length).toBeLessThan(40_000);
  const old = (await (await fetch(`${large.query}/api/traces/${traceIdOf(1)}`)).json()) as {
    data: { warnings: string[]; spans: object[] }[];
  };
  expect(old.data[0]?.warnings).toEqual([`shows ${spans.length} of 60000 spans`]);
  expect(old.data[0]?.spans).toHaveLength(spans.length);
});
