// A gateway that fails in every way: the client gets a response or a closed connection, and the trace has the reason.

import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { proxy as contract } from '../../../otel/contract/index.ts';
import { recordSpans } from '../../../tests/support/otel.ts';
import {
  startGateway,
  startProxy,
  startRawGateway,
  type TestProxy,
  type TestServer,
} from '../../../tests/support/proxy/proxy.ts';

const spans = recordSpans();
const closing: (() => Promise<void>)[] = [];
beforeEach(() => spans.clear());
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function proxyBefore(gateway: Promise<TestServer>, variables: Record<string, string> = {}): Promise<TestProxy> {
  const { port, close } = await gateway;
  const proxy = await startProxy(port, variables);
  closing.push(close, proxy.close);
  return proxy;
}

/** The proxy's two spans of a dynamic request, when both have ended. */
async function ended(): Promise<{ server: ReadableSpan; client: ReadableSpan }> {
  const find = (kind: number) => spans.all().find((span) => span.kind === kind);
  const both = () => ({ server: find(contract.server.kind), client: find(contract.upstream.kind) });
  await vi.waitUntil(() => both().server && both().client, { interval: 5 });
  return both() as { server: ReadableSpan; client: ReadableSpan };
}
const statusOf = (span: ReadableSpan) => span.attributes['http.response.status_code'];
const errorOf = (span: ReadableSpan) =>
  span.status.code === SpanStatusCode.ERROR ? span.attributes['error.type'] : undefined;
const outcome = async () => {
  const { server, client } = await ended();
  return { server: [statusOf(server), errorOf(server)], client: [statusOf(client), errorOf(client)] };
};
const millis = ([seconds, nanos]: readonly [number, number] | number[]) => (seconds ?? 0) * 1000 + (nanos ?? 0) / 1e6;

test('the gateway gets the address, host and scheme of the client; headers of the client about these are dropped', async () => {
  let seen: IncomingMessage['headers'] = {};
  const gateway = startGateway((request, response) => {
    seen = request.headers;
    response.end();
  });
  const { port } = await proxyBefore(gateway);
  const headers = {
    host: 'tatis.test:8180',
    connection: 'close, x-private',
    'x-private': '1',
    te: 'trailers',
    'keep-alive': 'timeout=1',
    'x-forwarded-for': '10.0.0.1',
    forwarded: 'for=10.0.0.1',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    accept: 'text/html',
  };
  const response = await new Promise<IncomingMessage>((resolve) =>
    httpRequest({ port, host: '127.0.0.1', path: '/a?b=c', headers }, resolve).end(),
  );
  const { client } = await ended();
  expect(seen).toEqual({
    host: 'tatis.test:8180',
    accept: 'text/html',
    connection: 'keep-alive',
    'x-forwarded-for': '127.0.0.1',
    'x-forwarded-host': 'tatis.test:8180',
    'x-forwarded-proto': 'http',
    forwarded: 'for=127.0.0.1;host="tatis.test:8180";proto=http',
    traceparent: `00-0af7651916cd43dd8448eb211c80319c-${client.spanContext().spanId}-01`,
  });
  expect(response.headers.traceresponse).toContain('0af7651916cd43dd8448eb211c80319c');
});

test('hop-by-hop headers are not forwarded, and Server-Timing keeps the entries of the app', async () => {
  const gateway = startGateway((_, response) => {
    response.writeHead(200, {
      connection: 'close, x-private',
      'x-private': '1',
      'proxy-authenticate': 'Basic',
      'server-timing': 'db;dur=2',
      'set-cookie': ['a=1', 'b=2'],
    });
    response.end('hello');
  });
  const { url } = await proxyBefore(gateway);
  const { headers } = await fetch(url);
  expect(headers.get('server-timing')).toMatch(/^db;dur=2, traceparent;desc="00-/);
  expect(headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  expect([headers.get('x-private'), headers.get('proxy-authenticate')]).toEqual([null, null]);
});

test('one connection to the gateway is used for many requests, even of clients that close theirs', async () => {
  const connections = new Set<Socket>();
  const gateway = startGateway((request, response) => {
    connections.add(request.socket);
    response.end();
  });
  const { url } = await proxyBefore(gateway);
  for (let sent = 0; sent < 5; sent++) await (await fetch(url, { headers: { connection: 'close' } })).text();
  expect(connections.size).toBe(1);
});

test('a path with two slashes is forwarded unchanged', async () => {
  const paths: (string | undefined)[] = [];
  const gateway = startGateway((request, response) => {
    paths.push(request.url);
    response.end();
  });
  const { url } = await proxyBefore(gateway);
  await fetch(`${url}//a//b?c=http://d`);
  expect(paths).toEqual(['//a//b?c=http://d']);
});

test('no gateway: 502 with a page that names the trace', async () => {
  const proxy = await startProxy(1);
  closing.push(proxy.close);
  const response = await fetch(proxy.url);
  const { server } = await ended();
  expect(response.status).toBe(502);
  expect(await response.text()).toContain(`/traces/${server.spanContext().traceId}`);
  expect(await outcome()).toEqual({
    server: [502, 'upstream_unreachable'],
    client: [undefined, 'upstream_unreachable'],
  });
});

test.each<[name: string, said: string | Buffer, code: string]>([
  ['closes without a word', '', 'upstream_lost'],
  ['closes in the middle of the headers', 'HTTP/1.1 200 OK\r\nX: ', 'upstream_lost'],
  ['does not speak HTTP', 'SSH-2.0-OpenSSH\r\n', 'upstream_malformed'],
  ['gives two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab', 'upstream_malformed'],
  [
    'gives a length and chunks',
    'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'upstream_malformed',
  ],
  ['gives an impossible status', 'HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n', 'upstream_malformed'],
  ['gives a status below 100', 'HTTP/1.1 042 Odd\r\nContent-Length: 0\r\n\r\n', 'upstream_malformed'],
  ['gives headers without end', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(30_000)}\r\n\r\n`, 'upstream_malformed'],
  [
    'switches protocols unasked',
    'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n',
    'upstream_malformed',
  ],
])('a gateway that %s: 502', async (_, said, code) => {
  const { url } = await proxyBefore(startRawGateway((socket) => socket.once('data', () => socket.end(said))));
  const response = await fetch(url);
  expect(response.status).toBe(502);
  const { server, client } = await outcome();
  expect([server, client[1]]).toEqual([[502, code], code]);
});

const SMALL_CUT = 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc';
const LARGE_CUT = 'HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nabc';

test('a small response that ends too early: 502, because nothing of it was forwarded', async () => {
  const { url } = await proxyBefore(startRawGateway((socket) => socket.once('data', () => socket.end(SMALL_CUT))));
  const response = await fetch(url);
  expect(await response.text()).toContain('<title>The response of the app server is incomplete</title>');
  expect(await outcome()).toEqual({ server: [502, 'upstream_incomplete'], client: [200, 'upstream_incomplete'] });
});

test.each([
  ['by length', LARGE_CUT],
  ['by chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n'],
])('a large response that ends too early (%s): the connection is closed', async (_, said) => {
  const { url } = await proxyBefore(startRawGateway((socket) => socket.once('data', () => socket.end(said))));
  const response = await fetch(url);
  await expect(response.text()).rejects.toThrow();
  expect(await outcome()).toEqual({ server: [200, 'upstream_incomplete'], client: [200, 'upstream_incomplete'] });
});

test('a response that is longer than its Content-Length: 502', async () => {
  const said = 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdef';
  const { url } = await proxyBefore(startRawGateway((socket) => socket.once('data', () => socket.end(said))));
  expect((await fetch(url)).status).toBe(502);
  expect(await outcome()).toEqual({ server: [502, 'upstream_malformed'], client: [200, 'upstream_malformed'] });
});

test('a gateway that sends nothing: 504, and the connection to it is closed', async () => {
  const gone = Promise.withResolvers<void>();
  const gateway = startRawGateway((socket) => socket.resume().once('close', () => gone.resolve()));
  const { url } = await proxyBefore(gateway, { WAYBILL_PROXY_UPSTREAM_TIMEOUT: '100' });
  const response = await fetch(url);
  expect(response.status).toBe(504);
  await gone.promise;
  const { client } = await ended();
  expect(await outcome()).toEqual({ server: [504, 'upstream_timeout'], client: [undefined, 'upstream_timeout'] });
  expect(millis(client.duration)).toBeGreaterThanOrEqual(99);
});

test('a gateway that stops in the middle of a small response: 504', async () => {
  const gateway = startRawGateway((socket) => socket.once('data', () => socket.write(SMALL_CUT)));
  const { url } = await proxyBefore(gateway, { WAYBILL_PROXY_UPSTREAM_TIMEOUT: '100' });
  expect((await fetch(url)).status).toBe(504);
  expect(await outcome()).toEqual({ server: [504, 'upstream_timeout'], client: [200, 'upstream_timeout'] });
});

test('a gateway that stops in the middle of a large response: the connection is closed', async () => {
  const gateway = startRawGateway((socket) => socket.once('data', () => socket.write(LARGE_CUT)));
  const { url } = await proxyBefore(gateway, { WAYBILL_PROXY_UPSTREAM_TIMEOUT: '100' });
  const response = await fetch(url);
  await expect(response.text()).rejects.toThrow();
  expect(await outcome()).toEqual({ server: [200, 'upstream_timeout'], client: [200, 'upstream_timeout'] });
});

test('a client that closes its connection: the upstream request ends, and both spans have the reason', async () => {
  const [arrived, gone] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const gateway = startRawGateway((socket) => {
    socket.once('data', () => arrived.resolve()).once('close', () => gone.resolve());
  });
  const { port } = await proxyBefore(gateway);
  const client = connect(port, '127.0.0.1').on('error', () => {});
  client.write('GET / HTTP/1.1\r\nHost: tatis.test\r\n\r\n');
  await arrived.promise;
  client.destroy();
  await gone.promise;
  expect(await outcome()).toEqual({ server: [499, 'client_gone'], client: [undefined, 'client_gone'] });
});

test('a client that does not read slows the gateway down, and loses nothing', async () => {
  const chunk = Buffer.alloc(65_536, 'x');
  let written = 0;
  const gateway = startGateway((_, response) => {
    const write = () => {
      while (written < 400 && !response.writableEnded) {
        written++;
        if (!response.write(chunk)) {
          response.once('drain', write);
          return;
        }
      }
      response.end();
    };
    write();
  });
  const { port } = await proxyBefore(gateway);
  const response = await new Promise<IncomingMessage>((resolve) =>
    httpRequest({ port, host: '127.0.0.1' }, resolve).end(),
  );
  await vi.waitUntil(async () => {
    const before = written;
    await delay(50);
    return before === written;
  });
  expect(written).toBeLessThan(400); // it waits
  let bytes = 0;
  for await (const each of response) bytes += (each as Buffer).length;
  expect(bytes).toBe(400 * chunk.length);
});

test.each([
  ['of known length', 'one', { 'content-length': '6' }, 'memory'],
  ['in chunks', 'one', {}, 'memory'],
  ['too long for the memory, in a file', 'x'.repeat(150_000), {}, 'file'],
])('a body %s is forwarded when it is complete, with its length', async (_, first, headers, kept) => {
  const seen: { length: string | undefined; coding: string | undefined; body: string }[] = [];
  const gateway = startGateway(async (request, response) => {
    const { 'content-length': length, 'transfer-encoding': coding } = request.headers;
    seen.push({ length, coding, body: await text(request) });
    response.end();
  });
  const { port } = await proxyBefore(gateway);
  const sent = httpRequest({ port, host: '127.0.0.1', method: 'POST', headers });
  sent.write(first);
  await (await fetch(`http://127.0.0.1:${port}/another`)).text(); // the gateway is there for others meanwhile
  expect(seen.map(({ body }) => body)).toEqual(['']);
  sent.end('two');
  await once(sent, 'response');
  const body = `${first}two`;
  expect(seen[1]).toEqual({ length: String(body.length), coding: undefined, body });
  await vi.waitFor(() => {
    const events = spans.all().flatMap((span) => span.events.filter(({ name }) => name === 'request body received'));
    expect(events).toMatchObject([
      {
        name: 'request body received',
        attributes: { 'http.request.body.size': body.length, 'waybill.body.kept': kept },
      },
    ]);
  });
});

test.each([404, 500])(
  'a %i of the gateway is handed on; the upstream request failed, the request only from 500 on',
  async (status) => {
    const gateway = startGateway((_, response) => response.writeHead(status).end());
    const { url } = await proxyBefore(gateway);
    expect((await fetch(url)).status).toBe(status);
    expect(await outcome()).toEqual({
      server: [status, status === 500 ? '500' : undefined],
      client: [status, String(status)],
    });
  },
);

test('a client that reads nothing of its response for too long is disconnected', async () => {
  const gone = Promise.withResolvers<void>();
  const gateway = startGateway((_, response) => {
    response.once('close', () => gone.resolve());
    response.end(Buffer.alloc(50_000_000));
  });
  const { port } = await proxyBefore(gateway, { WAYBILL_PROXY_SEND_TIMEOUT: '200' });
  const client = connect(port, '127.0.0.1').on('error', () => {});
  client.write('GET / HTTP/1.1\r\nHost: tatis.test\r\n\r\n');
  client.pause();
  await gone.promise;
  expect((await outcome()).client).toEqual([200, 'client_slow']);
  client.destroy();
});
