// What one client cannot do to the others: each bound is shared, and none of them is held without a time.

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test, vi } from 'vitest';
import { chunksOf, exportOf, START, traceIdOf } from '../../tests/support/store/spans.ts';
import { NO_BOUNDS, startStore } from '../../tests/support/store/store.ts';
import { dependencies } from './query/dependencies.ts';
import { createSqliteStorage } from './storage/sqlite.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

async function start(receiver: { maxBody?: number; maxWaiting?: number } = {}) {
  const store = await startStore(undefined, receiver);
  const sockets: Socket[] = [];
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await store.close();
  });
  const open = (url: string) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {});
    sockets.push(socket);
    return socket;
  };
  const send = (spans: Parameters<typeof exportOf>[0]) => post(JSON.stringify(exportOf(spans)));
  const post = (body: string) => fetch(`${store.otlp}/v1/traces`, { method: 'POST', headers: JSON_TYPE, body });
  return { ...store, open, send, post };
}

/** Sends a trace of about `megabytes`. */
async function fill(store: Awaited<ReturnType<typeof start>>, megabytes: number): Promise<string> {
  const more = { attributes: [{ key: 'filler', value: { stringValue: 'x'.repeat(100_000) } }] };
  for (let span = 0; span < megabytes * 10; span += 10) {
    const spans = Array.from({ length: 10 }, (_, each) => ({ trace: 1, span: span + each + 1, more }));
    expect((await store.send(spans)).status).toBe(200);
  }
  return `/api/v3/traces/${traceIdOf(1)}`;
}

test('four exports that stall and fill the bound give way to one that comes', async () => {
  const store = await start({ maxBody: 1_000_000, maxWaiting: 4_000_000 });
  const head =
    'POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n';
  const stalled = Array.from({ length: 4 }, () => store.open(store.otlp));
  for (const socket of stalled) socket.write(head + ' '.repeat(999_999));
  await vi.waitFor(async () => expect((await store.send([{ trace: 1, span: 1 }])).status).toBe(200), 20_000);
});

test('300 silent connections to each port keep nobody out', async () => {
  const store = await start();
  for (const url of [store.otlp, store.query]) {
    const silent = Array.from({ length: 300 }, () => store.open(url));
    await Promise.all(silent.slice(-40).map((socket) => once(socket, 'connect')));
  }
  expect((await store.send([{ trace: 1, span: 1 }])).status).toBe(200);
  expect((await fetch(`${store.query}/api/v3/services`)).status).toBe(200);
});

test('sixty readers that do not read a large trace keep nobody out', async () => {
  const store = await start();
  const path = await fill(store, 15);
  const readers = Array.from({ length: 60 }, () => store.open(store.query));
  const before = process.memoryUsage().rss;
  for (const socket of readers) socket.pause().write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
  await vi.waitFor(async () => {
    const answer = await fetch(store.query + path);
    expect([answer.status, (await answer.text()).length > 15e6]).toEqual([200, true]);
  });
  expect((await fetch(`${store.query}/api/v3/services`)).status).toBe(200);
  expect(process.memoryUsage().rss - before).toBeLessThan(700e6); // it was 2.3 GB
});

test('of 200 reads that are sent ahead one is answered at a time', async () => {
  const store = await start();
  const path = await fill(store, 15);
  const socket = store.open(store.query);
  const before = process.memoryUsage().rss;
  socket.pause().write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`.repeat(200));
  expect((await fetch(`${store.query}/api/v3/services`)).status).toBe(200);
  expect(process.memoryUsage().rss - before).toBeLessThan(500e6); // it was 2.6 GB
});

test('a sender of more than is taken gets its 413 whole, though it sends on', async () => {
  const store = await start({ maxBody: 1_000_000 });
  const socket = store.open(store.otlp).on('error', expect.fail);
  const answer = text(socket);
  socket.write(
    `POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${25e6}\r\n\r\n`,
  );
  for (let megabyte = 0; megabyte < 25; megabyte++) {
    if (!socket.write(Buffer.alloc(1_000_000, ' '))) await once(socket, 'drain');
  }
  expect(await answer).toMatch(/^HTTP\/1.1 413 [\s\S]*too large/);
});

test.each(['GET', 'PUT', 'DELETE'])('%s of an OTLP path: 405 with Allow', async (method) => {
  const store = await start();
  const { status, headers } = await fetch(`${store.otlp}/v1/traces`, { method });
  expect([status, headers.get('allow')]).toEqual([405, 'POST']);
});

test('a resource of more than 64 KiB is refused', async () => {
  const store = await start();
  const body = JSON.stringify(exportOf([{ trace: 1, span: 1 }]));
  const attribute = (length: number) => `{"key":"k","value":{"stringValue":"${'x'.repeat(length)}"}},`;
  const with_ = (length: number) => body.replace('"attributes":[', `"attributes":[${attribute(length)}`);
  expect((await store.post(with_(60_000))).status).toBe(200);
  expect((await store.post(with_(70_000))).status).toBe(413);
});

test('a long name is listed by its beginning, and found by all of it', async () => {
  const store = await start();
  const name = 'ä'.repeat(1500);
  await store.send([
    { trace: 1, span: 1, name },
    { trace: 2, span: 1, name: `${name}b` },
  ]);
  const answer = await fetch(`${store.query}/api/v3/operations?service=app`);
  expect((await answer.text()).length).toBeLessThan(2000);
  const times = `query.startTimeMin=2000-01-01T00:00:00Z&query.startTimeMax=2100-01-01T00:00:00Z`;
  const asked = new URLSearchParams({ 'query.operationName': name });
  const found = await fetch(`${store.query}/api/v3/trace-summaries?${times}&${asked}`);
  expect(await found.json()).toMatchObject({ summaries: [{ rootOperationName: name }] });
});

test('calls are counted in the newest spans alone, when there are too many', async () => {
  const storage = createSqliteStorage({ path: ':memory:', ...NO_BOUNDS });
  onTestFinished(() => storage.close());
  for (const [trace, service] of ['oldest', 'older', 'newest'].entries()) {
    const spans = [
      { span: 1, service: 'proxy' },
      { span: 2, parent: 1, service },
    ];
    await storage.write(chunksOf(spans.map((span) => ({ trace: trace + 1, at: trace, ...span }))));
  }
  const start = Number(START / 1_000_000n) - 1000;
  const { signal } = new AbortController();
  const found = await dependencies(storage, { start, end: start + 100_000, signal, maxSpans: 5 });
  expect(found.map(({ child }) => child)).toEqual(['newest', 'older']);
});
