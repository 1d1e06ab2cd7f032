// Bodies that do not arrive: no worker waits for them, and their clients get the reason. Sent over raw sockets.

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { SpanKind } from '@opentelemetry/api';
import { afterEach, expect, test, vi } from 'vitest';
import { hello, startPool } from '../../tests/support/gateway/gateway.ts';
import { recordSpans } from '../../tests/support/otel.ts';

const recorded = recordSpans();
let close: () => Promise<void>;
afterEach(async () => {
  await close();
  recorded.clear();
});

/** A gateway before one worker; `served` counts the requests that the worker has received, `send` sends bytes. */
async function start(bodyTimeout = 10_000) {
  let served = 0;
  const pool = await startPool(
    [
      (incoming, response) => {
        served += 1;
        incoming.resume();
        hello(incoming, response);
      },
    ],
    {},
    { maxBody: 1000, bodyTimeout },
  );
  close = pool.close;
  const send = (bytes: string) => {
    const socket = connect(pool.port, '127.0.0.1').on('error', () => {});
    socket.write(bytes);
    return socket;
  };
  return { ...pool, served: () => served, send };
}

const POST = 'POST /accounts/login/ HTTP/1.1\r\nHost: tatis.test\r\n';
const server = () =>
  vi.waitFor(() => recorded.all().find(({ kind }) => kind === SpanKind.SERVER)?.attributes ?? expect.fail());

test.each([
  ['by its length', `${POST}Content-Length: 1001\r\n\r\n`],
  ['by its length, that waits for 100 Continue', `${POST}Expect: 100-continue\r\nContent-Length: 1001\r\n\r\n`],
  ['in chunks', `${POST}Transfer-Encoding: chunked\r\n\r\n3e9\r\n${'x'.repeat(1001)}\r\n`],
  ['sent anyway', `${POST}Content-Length: 2000000\r\n\r\n${'x'.repeat(1_500_000)}`],
])('a body that is too large, %s: 413 without 100 Continue, and the connection is closed', async (_, bytes) => {
  const { send, served } = await start();
  const answer = await text(send(bytes));
  expect(answer).toMatch(/^HTTP\/1.1 413 .*\r\nconnection: close\r\n/is);
  expect(answer).toContain('Request body too large');
  expect(await server()).toMatchObject({ 'http.response.status_code': 413, 'waybill.queue.outcome': 'refused' });
  expect(recorded.named('queue')).toEqual([]);
  expect(served()).toBe(0);
});

test.each([
  ['stops', `${POST}Content-Length: 1000\r\n\r\nx`],
  ['never begins', `${POST}Content-Length: 1000\r\n\r\n`],
  ['lacks its last chunk', `${POST}Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n`],
])('a body that %s: 408 after the timeout, and no worker got it', async (_, bytes) => {
  const { send, served, states } = await start(100);
  const socket = send(bytes);
  await vi.waitFor(async () => expect(await states()).toEqual(['idle']));
  expect(await text(socket)).toMatch(/^HTTP\/1.1 408 .*Request body timeout/is);
  expect(await server()).toMatchObject({ 'http.response.status_code': 408 });
  expect(served()).toBe(0);
});

test('a body that arrives byte by byte has the same timeout', async () => {
  const { send } = await start(200);
  const socket = send(`${POST}Content-Length: 1000\r\n\r\n`);
  const ended = once(socket, 'end');
  const drip = setInterval(() => socket.write('x'), 20);
  const answer = text(socket);
  await ended;
  clearInterval(drip);
  expect(await answer).toMatch(/^HTTP\/1.1 408 /);
});

test.each([
  ['closed', (socket: Socket) => socket.end()],
  ['reset', (socket: Socket) => socket.resetAndDestroy()],
  ['broken by a bad chunk', (socket: Socket) => socket.write('xyz\r\n')],
])('a connection that is %s in the middle of a body: client_gone', async (_, act) => {
  const { send, served, url } = await start();
  const broken = Array.from({ length: 5 }, () => send(`${POST}Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n`));
  for (const socket of broken) await once(socket, 'connect');
  expect((await fetch(url)).status).toBe(200);
  for (const socket of broken) act(socket);
  await vi.waitFor(() => {
    const spans = recorded.all().filter(({ name, kind }) => name === 'POST' && kind === SpanKind.SERVER);
    expect(spans.map(({ attributes }) => attributes['error.type'])).toEqual(Array(5).fill('client_gone'));
  });
  expect(served()).toBe(1);
});

test('a hundred incomplete bodies do not delay another request', async () => {
  const { send, url } = await start(600_000);
  const sockets = Array.from({ length: 100 }, () => send(`${POST}Content-Length: 10\r\n\r\nx`));
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  expect((await fetch(url)).status).toBe(200);
  for (const socket of sockets) socket.destroy();
});

test('a client that waits for 100 Continue gets it, and its body is passed on', async () => {
  const { send, served } = await start();
  const socket = send(`${POST}Expect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n\r\n`);
  socket.once('data', () => socket.write('hi'));
  expect(await text(socket)).toMatch(/^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 OK\r\n.*hello$/s);
  expect(served()).toBe(1);
});

test('a response that a worker sends before it has read the body is passed on', async () => {
  const pool = await startPool([hello], {}, {});
  close = pool.close;
  for (let turn = 0; turn < 3; turn++) {
    const response = await fetch(pool.url, { method: 'POST', body: 'x'.repeat(60_000) });
    expect([response.status, await response.text()]).toEqual([200, 'hello']);
  }
});

test('a client that does not read a long response is disconnected, and its worker is free', async () => {
  const pool = await startPool([(_, response) => void response.end(Buffer.alloc(50_000_000))], { timeout: 500 }, {});
  close = pool.close;
  const socket = connect(pool.port, '127.0.0.1').on('error', () => {});
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  socket.pause();
  await vi.waitFor(async () => expect(await pool.states()).toEqual(['busy']));
  await vi.waitFor(async () => expect(await pool.states()).toEqual(['idle']));
  expect(await server()).toMatchObject({ 'error.type': 'client_gone' });
  socket.destroy();
});

test('a client that reads slowly gets the whole response', async () => {
  const pool = await startPool([(_, response) => void response.end(Buffer.alloc(20_000_000))], { timeout: 250 }, {});
  close = pool.close;
  const response = await fetch(pool.url);
  let bytes = 0;
  for await (const piece of response.body ?? []) {
    bytes += piece.length;
    await delay(1);
  }
  expect(bytes).toBe(20_000_000);
});
