import { once } from 'node:events';
import { type RequestListener, request, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { SpanKind } from '@opentelemetry/api';
import { afterEach, expect, test, vi } from 'vitest';
import { hello, startGateway, startPool, startWorker, tracedRequest } from '../../tests/support/gateway/gateway.ts';
import { childrenOf, recordSpans } from '../../tests/support/otel.ts';

const recorded = recordSpans();
let close: () => Promise<void>;
afterEach(async () => {
  await close();
  recorded.clear();
});

/** A gateway before a worker for each of `answers`, until the end of the test. */
async function start(...[answers, settings]: Parameters<typeof startPool>) {
  const pool = await startPool(answers, settings);
  close = pool.close;
  return pool;
}

test('a request goes to a free worker, and its spans say which', async () => {
  const { url } = await start([hello]);
  const response = await fetch(`${url}/letters/Ola/?x=1`);
  expect([response.status, await response.text()]).toEqual([200, 'hello']);
  const { server, queues, attempts } = await tracedRequest(recorded);
  expect(server).toMatchObject({ 'url.path': '/letters/Ola/', 'waybill.queue.outcome': 'worker' });
  expect(queues).toMatchObject([{ 'waybill.queue.depth': 0 }]);
  expect(attempts).toMatchObject([
    { 'waybill.worker.id': 'app-1', 'waybill.worker.pid': process.pid, 'http.response.status_code': 200 },
  ]);
});

test('the worker gets one traceparent, that of the attempt, and no hop-by-hop header', async () => {
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
    await vi.waitFor(() => recorded.all().find(({ kind }) => kind === SpanKind.CLIENT) ?? expect.fail())
  ).spanContext();
  expect(attempt.traceId).toBe('0af7651916cd43dd8448eb211c80319c');
  const [sent = []] = seen;
  expect(sent.filter((each) => each.startsWith('00-'))).toEqual([`00-${attempt.traceId}-${attempt.spanId}-01`]);
  expect(sent).toContain('x-kept');
  expect(sent).not.toContain('x-mine');
  expect(sent).not.toContain('te');
});

test('interleaved requests keep their own traces', async () => {
  const answers: RequestListener = (incoming, response) => {
    setTimeout(() => response.end(incoming.headers.traceparent), Math.random() * 10);
  };
  const { url } = await start([answers, answers, answers], { queueDepth: 50 });
  const ids = Array.from({ length: 50 }, (_, index) => String(index + 1).padStart(32, '0'));
  const got = await Promise.all(
    ids.map(async (id) => {
      const response = await fetch(url, { headers: { traceparent: `00-${id}-b7ad6b7169203331-01` } });
      return response.text();
    }),
  );
  expect(got.map((traceparent) => traceparent.split('-')[1])).toEqual(ids);
  await tracedRequest(recorded, 50);
  for (const [index, traceparent] of got.entries()) {
    const inTrace = recorded.all().filter((span) => span.spanContext().traceId === ids[index]);
    const server = inTrace.find(({ kind }) => kind === SpanKind.SERVER) ?? expect.fail();
    const below = childrenOf(server, inTrace);
    expect(below.map(({ name }) => name).sort()).toEqual(['GET', 'queue']);
    expect(below.map((span) => span.spanContext().spanId)).toContain(traceparent.split('-')[2]);
  }
});

test.each([
  ['not HTTP', 'hello?\r\n\r\n', 400],
  ['two lengths', 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab', 400],
  [
    'a length and chunks',
    'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0',
    400,
  ],
  ['a huge head', `GET / HTTP/1.1\r\nhost: x\r\nx-long: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ['a target that is not a path', 'OPTIONS * HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n', 400],
])('%s is refused, and the next request is answered', async (_, bytes, status) => {
  const { port, url } = await start([hello]);
  const socket = connect(port, '127.0.0.1');
  socket.write(bytes);
  expect(await text(socket)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect((await fetch(url)).status).toBe(200);
});

test("only the gateway commands faults: a client's header is not passed on", async () => {
  const commands: unknown[] = [];
  const { url, controlPort } = await start([
    (incoming, response) => {
      commands.push(incoming.headers['waybill-command']);
      hello(incoming, response);
    },
  ]);
  const settings = (method: string, body?: string) =>
    fetch(`http://127.0.0.1:${controlPort}/faults`, { method, ...(body && { body }) });
  await fetch(url, { headers: { 'waybill-command': 'kill' } });
  await settings('PUT', '{"gateway.fault":"crash","gateway.faultEvery":2}');
  await fetch(url);
  await fetch(url);
  await settings('DELETE');
  await fetch(url);
  expect(commands).toEqual([undefined, undefined, 'crash', undefined]);
});

test.each([
  ['{', 'The request body is not valid JSON in UTF-8'],
  ['"x"', 'the body takes an object'],
  ['[]', 'the body takes an object'],
  [
    '{"constructor":5}',
    'constructor is unknown; expected gateway.workers, gateway.queueDepth, gateway.queueWait, gateway.timeout, gateway.fault or gateway.faultEvery',
  ],
  ['{"gateway.workers":-1}', 'gateway.workers takes a whole number from 0 to 1000 (workers)'],
  ['{"gateway.timeout":2147483648}', 'gateway.timeout takes a whole number from 1 to 2147483647 (ms)'],
  ['{"gateway.timeout":0}', 'gateway.timeout takes a whole number from 1 to 2147483647 (ms)'],
  ['{"gateway.fault":"earthquake"}', 'gateway.fault takes none, crash, kill or stuck'],
  [
    '{"gateway.workers":1,"gateway.faultEvery":0}',
    'gateway.faultEvery takes a whole number from 1 to 1000000 (requests)',
  ],
])('PUT /faults %s: 400, nothing is changed', async (body, message) => {
  const { controlPort } = await start([hello]);
  const settings = `http://127.0.0.1:${controlPort}/faults`;
  const before = await (await fetch(settings)).json();
  const response = await fetch(settings, { method: 'PUT', body });
  expect([response.status, await response.json()]).toMatchObject([400, { error: { message } }]);
  expect(await (await fetch(settings)).json()).toEqual(before);
});

test('what GET /faults reports can be sent back by PUT', async () => {
  const { controlPort } = await start([hello]);
  const url = `http://127.0.0.1:${controlPort}/faults`;
  const report = (await (await fetch(url)).json()) as { faults: { id: string; value: unknown }[] };
  const body = JSON.stringify(Object.fromEntries(report.faults.map(({ id, value }) => [id, value])));
  const response = await fetch(url, { method: 'PUT', body });
  expect([response.status, await response.json()]).toEqual([200, report]);
});

test('a body reaches the worker with its length, and a long response is streamed', async () => {
  const { url } = await start([
    async (incoming, response) => {
      expect(incoming.headers).toMatchObject({ 'content-length': '60000' });
      expect(incoming.headers).not.toHaveProperty('transfer-encoding');
      const body = await text(incoming);
      for (let piece = 0; piece < 20; piece++) response.write(body);
      response.end();
    },
  ]);
  const body = 'Waybill '.repeat(7_500);
  const inPieces = new ReadableStream({
    start(controller) {
      controller.enqueue(Buffer.from(body.slice(0, 10)));
      controller.enqueue(Buffer.from(body.slice(10)));
      controller.close();
    },
  });
  const response = await fetch(url, { method: 'POST', body: inPieces, duplex: 'half' });
  expect((await response.text()) === body.repeat(20)).toBe(true);
});

test('a worker gets one request at a time; the others wait', async () => {
  let inHand = 0;
  let max = 0;
  const { url } = await start([
    (incoming, response) => {
      max = Math.max(max, ++inHand);
      setImmediate(() => {
        inHand -= 1;
        hello(incoming, response);
      });
    },
  ]);
  const answers = await Promise.all(Array.from({ length: 10 }, () => fetch(url).then(({ status }) => status)));
  expect(answers).toEqual(Array(10).fill(200));
  expect(max).toBe(1);
});

test('a worker that is up again and takes two requests at once gets two of those that wait, each once', async () => {
  const held: ServerResponse[] = [];
  const gateway = await startPool([(_, response) => held.push(response)], {}, { workerConcurrency: 2 });
  close = gateway.close;
  const answers = Array.from({ length: 5 }, async () => (await fetch(gateway.url)).status);
  const queued = (count: number) =>
    vi.waitFor(async () => expect([held.length, (await gateway.table()).queue]).toEqual([2, count]));
  await queued(3);
  for (const response of held.splice(0)) response.destroy(); // both are sent again, once a health check was answered
  await queued(3);
  for (const response of held.splice(0)) response.end();
  await queued(1);
  for (const response of held.splice(0)) response.end();
  await vi.waitFor(() => expect(held).toHaveLength(1));
  held[0]?.end();
  expect(await Promise.all(answers)).toEqual([200, 200, 200, 200, 200]);
  expect((await gateway.table()).workers).toMatchObject([{ inHand: 0 }]);
});

test('another process at the same address is another worker, even with the same pid, as in a container', async () => {
  const first = await startWorker('app-1', hello);
  const gateway = await startGateway([first.port]);
  close = gateway.close;
  await fetch(gateway.url);
  first.close();
  const second = await startWorker('app-1', hello, first.port);
  close = async () => {
    await gateway.close();
    second.close();
  };
  await vi.waitFor(async () => expect((await gateway.table()).workers).toMatchObject([{ state: 'idle', served: 0 }]));
});

test.each([
  ['without traceparent', undefined, undefined],
  ['beside a malformed traceparent', 'x', undefined],
  ['beside a traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', 'a=1'],
])('tracestate %s reaches the worker as %s', async (_, traceparent, expected) => {
  const seen: unknown[] = [];
  const { url } = await start([
    (incoming, response) => {
      seen.push(incoming.headers.tracestate);
      hello(incoming, response);
    },
  ]);
  await fetch(url, { headers: { tracestate: 'a=1', ...(traceparent && { traceparent }) } });
  expect(seen).toEqual([expected]);
});

test('waybill.queue.wait_ms is the duration of the queue span', async () => {
  const { url } = await start([hello]);
  await Promise.all([fetch(url), fetch(url)]);
  await tracedRequest(recorded, 2);
  for (const { name, startTime, endTime, attributes } of recorded.all()) {
    if (name !== 'queue') continue;
    const length = (endTime[0] - startTime[0]) * 1000 + (endTime[1] - startTime[1]) / 1e6;
    expect(attributes['waybill.queue.wait_ms']).toBeCloseTo(length, 2);
  }
});
