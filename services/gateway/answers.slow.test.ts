// Workers whose responses are not valid HTTP: what the client gets, and what the span says.

import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';
import { SpanKind } from '@opentelemetry/api';
import { afterEach, expect, test, vi } from 'vitest';
import { startGateway } from '../../tests/support/gateway/gateway.ts';
import { recordSpans } from '../../tests/support/otel.ts';

const spans = recordSpans();
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  spans.clear();
});

const HEALTH = JSON.stringify({ worker: 'app-1', pid: 1 });

/** A gateway before one worker that writes exactly these bytes as its response, then does `then` with the connection. */
async function start(bytes: string, then: (socket: Socket) => void) {
  let requests = 0;
  let sent = '';
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket.on('error', () => {}));
    socket.on('data', (data) => {
      if (data.toString().startsWith('GET /healthz')) {
        socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${HEALTH.length}\r\n\r\n${HEALTH}`);
      } else {
        sent = data.toString('latin1');
        requests += 1;
        socket.write(bytes, () => then(socket));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const gateway = await startGateway([(server.address() as AddressInfo).port], { timeout: 300 });
  ends.push(gateway.close, () => {
    server.close();
    for (const socket of open) socket.destroy();
  });
  return { url: gateway.url, sockets: () => open, requests: () => requests, sent: () => sent };
}

const keep = () => {};
const end = (socket: Socket) => void socket.end();

test.each([
  ['garbage', 'What a lovely day!\r\n\r\n', keep, 502, 'bad_response', 1],
  ['a malformed header', 'HTTP/1.1 200 OK\r\nno colon here\r\n\r\n', keep, 502, 'bad_response', 1],
  ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab', keep, 502, 'bad_response', 1],
  ['more than its length', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nabcdef', keep, 502, 'bad_response', 1],
  ['less than its length, then the end', 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nab', end, 502, 'worker_lost', 3],
  ['half a head, then the end', 'HTTP/1.1 200 OK\r\nx-half', end, 502, 'worker_lost', 3],
  ['nothing, then the end', '', end, 502, 'worker_lost', 3],
  [
    'less than its length, then nothing',
    'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nab',
    keep,
    504,
    'worker_timeout',
    1,
  ],
  ['a status of 99', 'HTTP/1.1 099 Hm\r\ncontent-length: 2\r\n\r\nok', keep, 502, 'bad_response', 1],
  ['a status of 600', 'HTTP/1.1 600 Hm\r\ncontent-length: 2\r\n\r\nok', keep, 502, 'bad_response', 1],
  ['another protocol', 'HTTP/1.1 101 Hm\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n', keep, 502, 'bad_response', 1],
  ['100 Continue without Expect', 'HTTP/1.1 100 Continue\r\n\r\n', keep, 502, 'bad_response', 1],
  [
    'a control character in a header',
    'HTTP/1.1 200 OK\r\nx: a\x01b\r\ncontent-length: 0\r\n\r\n',
    keep,
    502,
    'bad_response',
    1,
  ],
  ['a huge head', `HTTP/1.1 200 OK\r\nx-long: ${'x'.repeat(100_000)}\r\n\r\n`, keep, 502, 'bad_response', 1],
])('%s: the client gets an error page, the span the reason', async (_, bytes, then, status, reason, attempts) => {
  const { url, requests } = await start(bytes, then);
  const response = await fetch(`${url}/letters/Ola/`);
  expect(response.status).toBe(status);
  expect(await response.text()).toMatch(/^<!doctype html>/);
  const attemptSpans = await vi.waitFor(() => {
    expect(spans.all().filter(({ kind }) => kind === SpanKind.SERVER)).toHaveLength(1);
    return spans.all().filter(({ kind }) => kind === SpanKind.CLIENT);
  });
  expect(attemptSpans.map(({ attributes }) => attributes['error.type'])).toEqual(Array(attempts).fill(reason));
  expect(requests()).toBe(attempts);
  for (const span of attemptSpans) expect(span.events.map(({ name }) => name)).toContain('worker state changed');
});

test.each([
  ['short', 'content-length: 2\r\n\r\nok'],
  ['streamed', 'transfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n'],
])('a %s response whose head is not ASCII is passed on, byte by byte', async (_, rest) => {
  const { url } = await start(`HTTP/1.1 200 Žádný problém\r\nx-name: Žofie\r\n${rest}`, keep);
  const response = await fetch(url);
  expect([response.status, await response.text()]).toEqual([200, 'ok']);
  expect(Buffer.from(response.headers.get('x-name') ?? '', 'latin1').toString()).toBe('Žofie');
});

test('the attempt shows both heads as they were on the wire', async () => {
  const head = 'HTTP/1.1 200 Fine\r\nx-a: 1\r\nset-cookie: a=1\r\nset-cookie: b=2\r\ncontent-length: 2\r\n\r\n';
  const { url, sent } = await start(`${head}ok`, keep);
  await (await fetch(`${url}/letters/Ola/?x`, { method: 'POST', body: 'hello', headers: { cookie: 'a=1' } })).text();
  const attempt = await vi.waitFor(() => spans.all().find(({ kind }) => kind === SpanKind.CLIENT) ?? expect.fail());
  const linesOf = (text: unknown) => String(text).split('\r\n').sort(); // undici puts the length last
  expect(linesOf(attempt.attributes['waybill.http.request.head'])).toEqual(linesOf(sent().replace(/hello$/, '')));
  expect(attempt.attributes['waybill.http.response.head']).toBe(head);
});

test('a connection with an invalid response is not used again', async () => {
  const { url, sockets } = await start('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nabcdef', keep);
  expect((await fetch(url)).status).toBe(502);
  expect((await fetch(url)).status).toBe(502);
  expect(sockets().size).toBe(3); // one for health checks, one for each request
});

test('a long response that ends too early closes the connection to the client', async () => {
  const { url } = await start('HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\nab', end);
  await expect(fetch(url).then((response) => response.text())).rejects.toThrow();
});

test.each([
  [204, undefined, 'GET'],
  [304, '2', 'GET'],
  [200, '2', 'HEAD'],
])('%i has no body, whatever the worker sends with it (%s, %s)', async (status, length, method) => {
  const { url, sockets } = await start(`HTTP/1.1 ${status} Hm\r\ncontent-length: 2\r\n\r\n`, keep);
  for (let round = 0; round < 2; round++) {
    const response = await fetch(url, { method });
    expect([response.status, response.headers.get('content-length') ?? undefined, await response.text()]).toEqual([
      status,
      length,
      '',
    ]);
  }
  if (method === 'HEAD') expect(sockets().size).toBe(2); // one for health checks, one for both requests
});

test('a body after 204 is not read as the next response', async () => {
  const { url } = await start('HTTP/1.1 204 No Content\r\ncontent-length: 2\r\n\r\nok', keep);
  for (let round = 0; round < 3; round++) {
    const response = await fetch(url);
    expect([response.status, await response.text()]).toEqual([204, '']);
  }
});

test('an interim response is not passed on as the response', async () => {
  const { url } = await start('HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok', keep);
  const response = await fetch(url);
  expect([response.status, await response.text()]).toEqual([200, 'ok']);
});
