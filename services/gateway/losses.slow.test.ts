// Requests that get no worker, lose their worker, or lose their client.

import type { RequestListener } from 'node:http';
import { afterEach, expect, test, vi } from 'vitest';
import { hello, startPool, tracedRequest } from '../../tests/support/gateway/gateway.ts';
import { recordSpans } from '../../tests/support/otel.ts';

const recorded = recordSpans();
let close: () => Promise<void>;
afterEach(async () => {
  await close();
  recorded.clear();
});
const never: RequestListener = () => {};

/** A gateway before a worker for each of `answers`, until the end of the test. */
async function start(...[answers, settings]: Parameters<typeof startPool>) {
  const pool = await startPool(answers, settings);
  close = pool.close;
  return pool;
}

test('a full queue is answered with 503 and Retry-After at once', async () => {
  const { url } = await start([never], { queueDepth: 0, timeout: 500 });
  const first = fetch(url);
  const second = await vi.waitFor(async () => {
    const response = await fetch(url);
    expect(response.status).toBe(503);
    return response;
  });
  expect(second.headers.get('retry-after')).toBe('1');
  const { server, queues, attempts } = await tracedRequest(recorded);
  expect(server).toMatchObject({ 'waybill.queue.outcome': 'full', 'error.type': '503' });
  expect(queues).toMatchObject([{ 'error.type': 'full' }]);
  expect(attempts).toEqual([]);
  expect((await first).status).toBe(504);
});

test('a worker that does not answer in time: 504, and no request until its health check is answered', async () => {
  const { url, states } = await start([never], { timeout: 30 });
  const response = await fetch(url);
  expect(response.status).toBe(504);
  const { server, attempts } = await tracedRequest(recorded);
  expect(server).toMatchObject({ 'error.type': '504', 'http.response.status_code': 504 });
  expect(attempts).toMatchObject([{ 'error.type': 'worker_timeout' }]);
  await vi.waitFor(async () => expect(await states()).toEqual(['idle']), { interval: 5 });
});

test('a request whose client closes the connection leaves the queue at once', async () => {
  const { url, table } = await start([never]);
  const other = new AbortController();
  const inProgress = fetch(url, { signal: other.signal }).catch(() => {});
  const client = new AbortController();
  const waiting = fetch(url, { signal: client.signal }).catch(() => {});
  await vi.waitFor(async () => expect((await table()).queue).toBe(1), { interval: 5 });
  client.abort();
  await vi.waitFor(async () => expect((await table()).queue).toBe(0), { interval: 5 });
  await waiting;
  const { server, queues } = await tracedRequest(recorded);
  expect(server).toMatchObject({ 'waybill.queue.outcome': 'abandoned', 'error.type': 'client_gone' });
  expect(queues).toMatchObject([{ 'error.type': 'abandoned' }]);
  other.abort();
  await inProgress;
  await tracedRequest(recorded, 2);
});

test('a client that closes the connection while its request is in progress: the request to the worker is aborted', async () => {
  const events: string[] = [];
  const { url } = await start([
    (_, response) => {
      events.push('begun');
      response.on('close', () => events.push('closed'));
    },
  ]);
  const client = new AbortController();
  const fetched = fetch(url, { signal: client.signal }).catch(() => {});
  await vi.waitFor(() => expect(events).toEqual(['begun']));
  client.abort();
  await fetched;
  await vi.waitFor(() => expect(events).toEqual(['begun', 'closed']));
  const { server, attempts } = await tracedRequest(recorded);
  expect(server['error.type']).toBe('client_gone');
  expect(attempts).toMatchObject([{ 'error.type': 'client_gone' }]);
});

test('a worker that is lost before it answered: the request is sent to another, and both attempts have spans', async () => {
  const lost: RequestListener = (incoming) => incoming.socket.destroy();
  const { url } = await start([lost, hello]);
  const response = await fetch(url);
  expect([response.status, await response.text()]).toEqual([200, 'hello']);
  const { server, queues, attempts } = await tracedRequest(recorded);
  expect(server['error.type']).toBeUndefined();
  expect(queues).toHaveLength(2);
  expect(attempts).toMatchObject([
    { 'waybill.worker.id': 'app-1', 'error.type': 'worker_lost' },
    { 'waybill.worker.id': 'app-2', 'http.request.resend_count': 1, 'http.response.status_code': 200 },
  ]);
});

test('a request that is not idempotent is not sent again: 502', async () => {
  const { url } = await start([(incoming) => incoming.socket.destroy(), hello]);
  const response = await fetch(url, { method: 'POST', body: 'once' });
  expect(response.status).toBe(502);
  expect((await tracedRequest(recorded)).attempts).toMatchObject([{ 'error.type': 'worker_lost' }]);
});

test('a worker that is lost in the middle of a long response: the connection to the client is closed', async () => {
  const { url } = await start([
    (_, response) => {
      response.write('the first half');
      setImmediate(() => response.destroy());
    },
  ]);
  await expect(fetch(url).then((response) => response.text())).rejects.toThrow();
  const { server, attempts } = await tracedRequest(recorded);
  expect(server).toMatchObject({ 'http.response.status_code': 200, 'error.type': 'worker_lost' });
  expect(attempts).toMatchObject([{ 'http.response.status_code': 200, 'error.type': 'worker_lost' }]);
});

test('closing finishes the request in progress', async () => {
  const arrived = Promise.withResolvers<() => void>();
  const { url } = await start([(incoming, response) => arrived.resolve(() => void hello(incoming, response))]);
  const fetched = fetch(url);
  const answer = await arrived.promise;
  const closing = close();
  close = async () => {};
  answer();
  expect((await fetched).status).toBe(200);
  await closing;
});
