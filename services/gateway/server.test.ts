import { once } from 'node:events';
import { type RequestListener, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { SpanKind } from '@opentelemetry/api';
import { afterEach, expect, test, vi } from 'vitest';
import { childrenOf, recordSpans } from '../../otel/testing.ts';
import type { Settings } from './config.ts';
import { type FakeWorker, startWorker } from './fake-worker.ts';
import { createGateway } from './server.ts';

const spans = recordSpans();
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  spans.clear();
});

const hello: RequestListener = (_, response) => response.setHeader('content-length', 5).end('hello');
const never: RequestListener = () => {};

/** A gateway before workers that answer as told, once all of them are idle. */
async function start(answers: RequestListener[], settings: Partial<Settings> = {}) {
  const workers: FakeWorker[] = [];
  for (const [index, answer] of answers.entries()) workers.push(await startWorker(`app-${index + 1}`, answer));
  const gateway = createGateway({
    listening: { host: '127.0.0.1', port: 0, variable: '' },
    control: { host: '127.0.0.1', port: 0, variable: '' },
    workersAt: workers.map(({ port }) => ({ host: '127.0.0.1', port })),
    lettersPerWorker: 1,
    resends: 2,
    settings: {
      workers: 99,
      queueDepth: 10,
      queueWait: 5000,
      timeout: 2000,
      fault: 'none',
      faultEvery: 1,
      ...settings,
    },
  });
  const { port, controlPort } = await gateway.listen();
  ends.push(gateway.close, ...workers.map(({ close }) => close));
  const table = async () => (await fetch(`http://127.0.0.1:${controlPort}/workers`)).json() as Promise<Table>;
  const states = async () => (await table()).workers.map(({ state }) => state);
  await vi.waitFor(async () => expect(await states()).toEqual(answers.map(() => 'idle')), { interval: 10 });
  return { url: `http://127.0.0.1:${port}`, port, controlPort, workers, table, states };
}
type Table = { queue: number; workers: { worker: string; pid: number; state: string; served: number }[] };

/** The gateway's spans of one letter: the server's, and those below it by name and kind. */
async function tracedLetter(count = 1) {
  const found = await vi.waitFor(() => {
    const servers = spans.all().filter(({ kind }) => kind === SpanKind.SERVER);
    expect(servers).toHaveLength(count);
    return servers;
  });
  const [server] = found as [(typeof found)[number]];
  const below = childrenOf(server, spans.all());
  return {
    server: server.attributes,
    queues: below.filter(({ name }) => name === 'queue').map(({ attributes }) => attributes),
    attempts: below.filter(({ kind }) => kind === SpanKind.CLIENT).map(({ attributes }) => attributes),
  };
}

test('a letter goes to a free worker, and its spans say which', async () => {
  const { url } = await start([hello]);
  const response = await fetch(`${url}/letters/Ola/?x=1`);
  expect([response.status, await response.text()]).toEqual([200, 'hello']);
  const { server, queues, attempts } = await tracedLetter();
  expect(server).toMatchObject({ 'url.path': '/letters/Ola/', 'waybill.queue.outcome': 'worker' });
  expect(queues).toMatchObject([{ 'waybill.queue.depth': 0 }]);
  expect(attempts).toMatchObject([
    { 'waybill.worker.id': 'app-1', 'waybill.worker.pid': process.pid, 'http.response.status_code': 200 },
  ]);
});

test('the worker gets one traceparent, that of the attempt, and no header of the hop before', async () => {
  const seen: string[][] = [];
  const { port } = await start([
    (incoming, response) => {
      seen.push(incoming.rawHeaders.map((each) => each.toLowerCase()));
      hello(incoming, response);
    },
  ]);
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const headers = { traceparent, connection: 'close, x-mine', 'x-mine': '1', te: 'trailers', 'x-kept': '2' };
  const [response] = await once(request({ port, headers }).end(), 'response');
  await text(response);
  const attempt = (
    await vi.waitFor(() => spans.all().find(({ kind }) => kind === SpanKind.CLIENT) ?? expect.fail())
  ).spanContext();
  expect(attempt.traceId).toBe('0af7651916cd43dd8448eb211c80319c');
  const [sent = []] = seen;
  expect(sent.filter((each) => each.startsWith('00-'))).toEqual([`00-${attempt.traceId}-${attempt.spanId}-01`]);
  expect(sent).toContain('x-kept');
  expect(sent).not.toContain('x-mine');
  expect(sent).not.toContain('te');
});

test('a body is streamed both ways', async () => {
  const { url } = await start([(incoming, response) => incoming.pipe(response)]);
  const body = 'a letter '.repeat(100_000);
  const response = await fetch(url, { method: 'POST', body });
  expect(await response.text()).toBe(body);
});

test('one worker gets one letter at a time; the others wait', async () => {
  let inHand = 0;
  let most = 0;
  const { url } = await start([
    (incoming, response) => {
      most = Math.max(most, ++inHand);
      setImmediate(() => {
        inHand -= 1;
        hello(incoming, response);
      });
    },
  ]);
  const answers = await Promise.all(Array.from({ length: 10 }, () => fetch(url).then(({ status }) => status)));
  expect(answers).toEqual(Array(10).fill(200));
  expect(most).toBe(1);
});

test('a full queue is answered with 503 and Retry-After at once', async () => {
  const { url } = await start([never], { queueDepth: 0, timeout: 500 });
  const first = fetch(url);
  const second = await vi.waitFor(async () => {
    const response = await fetch(url);
    expect(response.status).toBe(503);
    return response;
  });
  expect(second.headers.get('retry-after')).toBe('1');
  const { server, queues, attempts } = await tracedLetter();
  expect(server).toMatchObject({ 'waybill.queue.outcome': 'full', 'error.type': '503' });
  expect(queues).toMatchObject([{ 'error.type': 'full' }]);
  expect(attempts).toEqual([]);
  expect((await first).status).toBe(504);
});

test('a worker that does not answer in time: 504, and it is given no letter until it answers for itself', async () => {
  const { url, states } = await start([never], { timeout: 30 });
  const response = await fetch(url);
  expect(response.status).toBe(504);
  const { server, attempts } = await tracedLetter();
  expect(server).toMatchObject({ 'error.type': '504', 'http.response.status_code': 504 });
  expect(attempts).toMatchObject([{ 'error.type': 'worker_timeout' }]);
  await vi.waitFor(async () => expect(await states()).toEqual(['idle']), { interval: 5 });
});

test('a client that goes while it waits leaves the queue at once', async () => {
  const { url, table } = await start([never]);
  const other = new AbortController();
  const inHand = fetch(url, { signal: other.signal }).catch(() => {});
  const client = new AbortController();
  const waiting = fetch(url, { signal: client.signal }).catch(() => {});
  await vi.waitFor(async () => expect((await table()).queue).toBe(1), { interval: 5 });
  client.abort();
  await vi.waitFor(async () => expect((await table()).queue).toBe(0), { interval: 5 });
  await waiting;
  const { server, queues } = await tracedLetter();
  expect(server).toMatchObject({ 'waybill.queue.outcome': 'abandoned', 'error.type': 'client_gone' });
  expect(queues).toMatchObject([{ 'error.type': 'abandoned' }]);
  other.abort();
  await inHand;
  await tracedLetter(2);
});

test('a client that goes while its letter is in hand: the request to the worker ends too', async () => {
  const happened: string[] = [];
  const { url } = await start([
    (_, response) => {
      happened.push('begun');
      response.on('close', () => happened.push('closed'));
    },
  ]);
  const client = new AbortController();
  const asked = fetch(url, { signal: client.signal }).catch(() => {});
  await vi.waitFor(() => expect(happened).toEqual(['begun']));
  client.abort();
  await asked;
  await vi.waitFor(() => expect(happened).toEqual(['begun', 'closed']));
  const { server, attempts } = await tracedLetter();
  expect(server['error.type']).toBe('client_gone');
  expect(attempts).toMatchObject([{ 'error.type': 'client_gone' }]);
});

test('a worker that is lost before it answered: the letter goes to another, both attempts are told', async () => {
  const lost: RequestListener = (incoming) => incoming.socket.destroy();
  const { url } = await start([lost, hello]);
  const response = await fetch(url);
  expect([response.status, await response.text()]).toEqual([200, 'hello']);
  const { server, queues, attempts } = await tracedLetter();
  expect(server['error.type']).toBeUndefined();
  expect(queues).toHaveLength(2);
  expect(attempts).toMatchObject([
    { 'waybill.worker.id': 'app-1', 'error.type': 'worker_lost' },
    { 'waybill.worker.id': 'app-2', 'http.request.resend_count': 1, 'http.response.status_code': 200 },
  ]);
});

test('a letter that must not be read twice is not sent again: 502', async () => {
  const { url } = await start([(incoming) => incoming.socket.destroy(), hello]);
  const response = await fetch(url, { method: 'POST', body: 'once' });
  expect(response.status).toBe(502);
  expect((await tracedLetter()).attempts).toMatchObject([{ 'error.type': 'worker_lost' }]);
});

test('a worker that is lost in the middle of a long answer: the client is cut off, never left waiting', async () => {
  const { url } = await start([
    (_, response) => {
      response.write('the first half');
      setImmediate(() => response.destroy());
    },
  ]);
  await expect(fetch(url).then((response) => response.text())).rejects.toThrow();
  const { server, attempts } = await tracedLetter();
  expect(server).toMatchObject({ 'http.response.status_code': 200, 'error.type': 'worker_lost' });
  expect(attempts).toMatchObject([{ 'http.response.status_code': 200, 'error.type': 'worker_lost' }]);
});

test('closing finishes the letter in hand', async () => {
  let answer = () => {};
  const { url } = await start([
    (incoming, response) => {
      answer = () => hello(incoming, response);
    },
  ]);
  const asked = fetch(url);
  await vi.waitFor(() => expect(spans.named('queue')).toHaveLength(1));
  const closing = ends.shift()?.();
  answer();
  expect((await asked).status).toBe(200);
  await closing;
});
