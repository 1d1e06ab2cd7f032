import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { exportOf, spansOf, traceIdOf } from '../../../tests/support/store/spans.ts';
import { memoryStorage, startStore, type TestStore } from '../../../tests/support/store/store.ts';

const storage = memoryStorage();
const JSON_TYPE = { 'content-type': 'application/json' };
const PROTOBUF = { 'content-type': 'application/x-protobuf' };
let store: TestStore;

beforeAll(async () => {
  store = await startStore(storage, { maxBody: 100_000, origins: ['http://127.0.0.1:8190'] });
});
afterAll(() => store.close());

function send(
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = JSON_TYPE,
  path = '/v1/traces',
): Promise<Response> {
  return fetch(store.otlp + path, { method: 'POST', headers, body });
}

const json = (trace: number) => JSON.stringify(exportOf([{ trace, span: 1 }]));
const isKept = (trace: number) => storage.trace(traceIdOf(trace)) !== undefined;

test.each([
  ['gzip', gzipSync],
  ['zstd', zstdCompressSync],
])('a body packed with %s is taken', async (encoding, pack) => {
  const trace = encoding.length;
  const { status } = await send(pack(json(trace)), { ...JSON_TYPE, 'content-encoding': encoding });
  expect(status).toBe(200);
  expect(isKept(trace)).toBe(true);
});

test.each(['GZIP', 'x-gzip', ' gzip '])('Content-Encoding: %s is gzip', async (encoding) => {
  const { status } = await send(gzipSync(json(30)), { ...JSON_TYPE, 'content-encoding': encoding });
  expect(status).toBe(200);
});

test.each(['constructor', '__proto__', 'br', 'gzip, gzip'])('Content-Encoding: %s is 400', async (encoding) => {
  const answer = await send(json(31), { ...JSON_TYPE, 'content-encoding': encoding });
  expect([answer.status, await answer.json()]).toEqual([
    400,
    { code: 3, message: `unsupported Content-Encoding: ${encoding}` },
  ]);
});

test('a span can be read as soon as its export is answered', async () => {
  expect((await send(json(10))).status).toBe(200);
  expect((await fetch(`${store.query}/api/v3/traces/${traceIdOf(10)}`)).status).toBe(200);
});

test('spans without ids are counted and left out, the others kept', async () => {
  const [good, none] = (
    exportOf([
      { trace: 11, span: 1 },
      { trace: 0, span: 1 },
    ]) as { resourceSpans: object[] }
  ).resourceSpans;
  const answer = await send(JSON.stringify({ resourceSpans: [good, none] }));
  expect(await answer.json()).toEqual({ partialSuccess: { rejectedSpans: '1', errorMessage: expect.any(String) } });
  expect(isKept(11)).toBe(true);
});

test('64-bit integers are kept to the last digit, even when they came as numbers', async () => {
  const more = { attributes: [{ key: 'n', value: { intValue: 'HERE' } }] };
  const body = JSON.stringify(exportOf([{ trace: 12, span: 1, more }])).replace('"HERE"', '9007199254740993');
  await send(body);
  expect(JSON.stringify(spansOf(storage, 12))).toContain('"9007199254740993"');
});

test('snake_case and names of enums are understood', async () => {
  const span = { trace_id: traceIdOf(13), span_id: '0'.repeat(15) + 1, kind: 'SPAN_KIND_CLIENT', name: 'x' };
  await send(JSON.stringify({ resource_spans: [{ scope_spans: [{ spans: [span] }] }] }));
  expect(spansOf(storage, 13)[0]).toMatchObject({ kind: 3 });
});

test.each(['/v1/metrics', '/v1/logs'])('%s is answered 200, and nothing is kept', async (path) => {
  const answer = await send('{"resourceMetrics":[]}', JSON_TYPE, path);
  expect([answer.status, await answer.json()]).toEqual([200, { partialSuccess: {} }]);
});

test('a body that is too large is 413, plain, without a length, or only when unpacked', async () => {
  const large = Buffer.alloc(200_000, 0x20);
  expect((await send(large)).status).toBe(413);
  const stream = new ReadableStream({
    start(controller) {
      controller.enqueue(large);
      controller.close();
    },
  });
  const options = { method: 'POST', headers: JSON_TYPE, body: stream, duplex: 'half' } as RequestInit;
  expect((await fetch(`${store.otlp}/v1/traces`, options)).status).toBe(413);
  const bomb = gzipSync(Buffer.alloc(50_000_000));
  expect(bomb.length).toBeLessThan(100_000);
  expect((await send(bomb, { ...PROTOBUF, 'content-encoding': 'gzip' })).status).toBe(413);
});

test('when too much is in hand the next sender gets 429, and is served later', async () => {
  const calls = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const slow = {
    ...memoryStorage(),
    async write() {
      calls.resolve();
      await gate.promise;
    },
  };
  const small = await startStore(slow, { maxBody: 2000, maxWaiting: 2500 });
  onTestFinished(() => small.close());
  const ask = () =>
    fetch(`${small.otlp}/v1/traces`, { method: 'POST', headers: JSON_TYPE, body: json(1).padEnd(1000) });
  const first = ask();
  await calls.promise;
  const refused = await ask();
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
  gate.resolve();
  expect((await first).status).toBe(200);
  expect((await ask()).status).toBe(200);
});

test('eighty bombs at once unpack no further than the bound, and the store lives on', async () => {
  const bounded = await startStore(memoryStorage(), { maxBody: 20e6, maxWaiting: 64e6 });
  onTestFinished(() => bounded.close());
  const bomb = gzipSync(Buffer.alloc(19e6));
  const before = process.memoryUsage().rss;
  const post = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string>) =>
    fetch(`${bounded.otlp}/v1/traces`, { method: 'POST', headers, body });
  const headers = { ...PROTOBUF, 'content-encoding': 'gzip' };
  let highest = before;
  const watch = setInterval(() => {
    highest = Math.max(highest, process.memoryUsage().rss);
  }, 5);
  const answers = await Promise.all(Array.from({ length: 80 }, () => post(bomb, headers)));
  clearInterval(watch);
  const statuses = new Set(answers.map(({ status }) => status));
  expect([...statuses].toSorted()).toEqual([400, 429]); // zeros are no spans
  expect(answers.filter(({ status }) => status === 429).every((answer) => answer.headers.has('retry-after'))).toBe(
    true,
  );
  expect(highest - before).toBeLessThan(400e6); // this process also sends and packs; unbounded it was 1.8 GB
  expect((await post(json(1), JSON_TYPE)).status).toBe(200);
});

test.each([
  ['resources', 'CgA='],
  ['scopes', 'CgISAA=='],
  ['spans', 'CgQSAhIA'],
])(
  '20 MB of empty %s are refused',
  async (_what, part) => {
    const large = await startStore(memoryStorage(), { maxBody: 20e6, maxWaiting: 64e6 });
    onTestFinished(() => large.close());
    const each = Buffer.from(part, 'base64');
    const body = Buffer.alloc(Math.floor(20e6 / each.length) * each.length, each);
    const answer = await fetch(`${large.otlp}/v1/traces`, { method: 'POST', headers: PROTOBUF, body });
    expect(answer.status).toBe(413);
  },
  30_000,
);

test('a span of ten million empty attributes is refused', async () => {
  const large = await startStore(memoryStorage(), { maxBody: 20e6, maxWaiting: 64e6 });
  onTestFinished(() => large.close());
  const span = wrap(0x12, wrap(0x12, Buffer.alloc(19e6, Buffer.from([0x4a, 0]))));
  const answer = await fetch(`${large.otlp}/v1/traces`, { method: 'POST', headers: PROTOBUF, body: wrap(0x0a, span) });
  expect(answer.status).toBe(400);
});

test("the lab's own page may send spans from a browser, another page may not", async () => {
  const preflight = (origin: string) =>
    fetch(`${store.otlp}/v1/traces`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
    });
  const own = await preflight('http://127.0.0.1:8190');
  expect([own.status, own.headers.get('access-control-allow-origin')]).toEqual([204, 'http://127.0.0.1:8190']);
  expect((await preflight('http://elsewhere.test')).headers.get('access-control-allow-origin')).toBeNull();
});

const nested = (depth: number) => `${'{"arrayValue":{"values":['.repeat(depth)}{}${']}}'.repeat(depth)}`;
const withValue = (value: string) => json(20).replace('"name"', `"attributes":[{"key":"a","value":${value}}],"name"`);

test.each([
  ['a value nested 100,000 deep', nested(100_000).slice(0, 90_000)],
  ['a value nested 1,000 deep', withValue(nested(1000))],
  ['a trace id that is too short', json(20).replace('"traceId":"0', '"traceId":"')],
  ['a span id that is not hexadecimal', json(20).replace('"spanId":"0', '"spanId":"g')],
  ['a text where a list belongs', '{"resourceSpans":[{"scopeSpans":[{"spans":"x"}]}]}'],
  ['an integer beyond 64 bits', withValue('{"intValue":"9223372036854775808"}')],
  ['a time before 1970', json(20).replace(/"startTimeUnixNano":"/, '"startTimeUnixNano":"-')],
  ['bytes that are not base64', withValue('{"bytesValue":"?"}')],
  ['null', 'null'],
])('%s is 400, nothing of it is kept, and the store lives on', async (_name, body) => {
  expect((await send(body)).status).toBe(400);
  expect(isKept(20)).toBe(false);
  expect((await send('{}')).status).toBe(200);
});

test('an export that is cut off anywhere is 400', async () => {
  const whole = readFileSync(join(import.meta.dirname, '../testdata/otlp/go-01.body'));
  for (let length = 1; length < whole.length; length += 13) {
    expect((await send(whole.subarray(0, length), PROTOBUF)).status, `${length} bytes`).toBe(400);
  }
});

test('deeply nested protobuf is 400', async () => {
  expect((await send(withValue(nested(80)).replaceAll('20', '21'))).status).toBe(200);
  let value: Buffer<ArrayBuffer> = Buffer.alloc(0);
  for (let depth = 0; depth < 3000; depth++) value = wrap(0x2a, wrap(0x0a, value));
  const attribute = wrap(0x4a, wrap(0x12, value));
  const body = wrap(0x0a, wrap(0x12, wrap(0x12, attribute)));
  expect((await send(body, PROTOBUF)).status).toBe(400);
});

function wrap(tag: number, inner: Buffer): Buffer<ArrayBuffer> {
  const length: number[] = [];
  let rest = inner.length;
  for (; rest > 127; rest >>= 7) length.push((rest & 127) | 128);
  return Buffer.concat([Buffer.from([tag, ...length, rest]), inner]);
}
