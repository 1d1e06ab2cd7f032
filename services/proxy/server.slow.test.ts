// The proxy as a whole: its traces, listeners, access log, and process.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { proxy as contract } from '../../otel/contract/index.ts';
import * as names from '../../otel/contract/names.ts';
import { freePort } from '../../runtime/net/listen.ts';
import { encodeProxyHeader } from '../../runtime/net/proxy-protocol.ts';
import { childrenOf, recordSpans } from '../../tests/support/otel.ts';
import {
  HOME,
  sendRaw,
  startGateway,
  startProxy,
  type TestProxy,
  type TestServer,
} from '../../tests/support/proxy/proxy.ts';

const spans = recordSpans();
const LOG = join(mkdtempSync(join(tmpdir(), 'waybill-log-')), 'access.log');
let gateway: TestServer;
let proxy: TestProxy;
beforeAll(async () => {
  gateway = await startGateway((request, response) => response.end(JSON.stringify(request.headers)));
  proxy = await startProxy(gateway.port, { WAYBILL_ACCESS_LOG: LOG });
  writeFileSync(join(proxy.folder, 'style.css'), 'body {}');
});
afterAll(async () => {
  await proxy.close();
  await gateway.close();
});
afterEach(() => spans.clear());

const GET = 'GET / HTTP/1.1\r\nHost: djangogirls.test:8180\r\nUser-Agent: "evil" \\\r\nConnection: close\r\n\r\n';
const entry = async () => {
  await vi.waitUntil(() => spans.all().some(({ kind }) => kind === contract.server.kind), { interval: 5 });
  return spans.all().find(({ kind }) => kind === contract.server.kind) as ReturnType<typeof spans.all>[number];
};

test.each([
  ['/static/style.css', 'static', ['location', 'static file']],
  ['/', 'dynamic', ['location', 'GET']],
  ['/favicon.ico', 'return', ['location']],
  ['/%zz', 'refused', []],
])('%s is %s: the entry span has the children %j', async (path, kind, children) => {
  await (await fetch(proxy.url + path)).text();
  const server = await entry();
  expect(server.attributes[names.ATTR_LOCATION_KIND]).toBe(kind);
  expect(childrenOf(server, spans.all()).map(({ name }) => name)).toEqual(children);
});

test('the location span has every rule tried, in order, the one chosen, and the reason', async () => {
  await (await fetch(`${proxy.url}/static/style.css`)).text();
  await entry();
  const [location] = spans.named('location');
  expect(location?.events.map(({ name, attributes = {} }) => [name, ...Object.values(attributes)])).toEqual([
    ['rule tried', '= /favicon.ico', 'does not match'],
    ['rule tried', '/static/', 'matches'],
    ['rule tried', '/', 'matches, but a longer prefix matches too'],
    ['rule tried', '~ ^/static/(.+[.-][0-9a-f]{8,}\\.\\w+)$', 'does not match'],
    ['rule tried', '~ ^/static/(live/.+)$', 'does not match'],
    ['rule tried', '~ ^/static/(private/.+)$', 'does not match'],
  ]);
  expect(location?.attributes).toEqual({
    [names.ATTR_LOCATION_RULE]: '/static/',
    [names.ATTR_LOCATION_REASON]: 'longest matching prefix',
    [names.ATTR_LOCATION_KIND]: 'static',
  });
});

test('every response has its trace in its headers, an error page too', async () => {
  for (const path of ['/', '/static/style.css', '/static/none', '/favicon.ico', '/%zz']) {
    const { headers } = await fetch(proxy.url + path);
    expect(headers.get('traceresponse')).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(headers.get('server-timing')).toBe(`traceparent;desc="${headers.get('traceresponse')}"`);
  }
});

test('the trace of a client is continued', async () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  await (await fetch(proxy.url, { headers: { traceparent } })).text();
  const server = await entry();
  expect(server.spanContext().traceId).toBe('0af7651916cd43dd8448eb211c80319c');
  expect(server.parentSpanContext?.spanId).toBe('b7ad6b7169203331');
});

test('/healthz is answered, untraced', async () => {
  const response = await fetch(`${proxy.url}/healthz`);
  expect([response.status, await response.text()]).toEqual([200, 'ok\n']);
  expect(spans.all()).toEqual([]);
});

test("behind a router's PROXY header the client is the one that the header names", async () => {
  const addresses = { source: { host: '192.0.2.7', port: 4711 }, destination: { host: '203.0.113.20', port: 80 } };
  const header = encodeProxyHeader({ addresses, fields: [] });
  const { text } = await sendRaw(proxy.routedPort, Buffer.concat([header, Buffer.from(GET)]));
  expect(text).toMatch(/^HTTP\/1\.1 200 /);
  expect(text).toContain('"x-forwarded-for":"192.0.2.7"');
  expect((await entry()).attributes['client.address']).toBe('192.0.2.7');
});

test.each([
  ['no PROXY header', GET],
  ['half of one', Buffer.from('0d0a0d0a000d0a515549540a2111', 'hex')],
])('%s at the listener for routers: closed without a response', async (_, bytes) => {
  const impatient = await startProxy(gateway.port, { WAYBILL_PROXY_PP_TIMEOUT: '50' });
  const { text, isOpen } = await sendRaw(impatient.routedPort, bytes);
  expect({ text, isOpen }).toEqual({ text: '', isOpen: false });
  await impatient.close();
});

test('a PROXY header at the plain listener is not HTTP: 400', async () => {
  const { text } = await sendRaw(proxy.port, encodeProxyHeader({ addresses: null, fields: [] }));
  expect(text).toMatch(/^HTTP\/1\.1 400 /);
});

test('each request has one line in the access log, with its trace; a client cannot forge one', async () => {
  const { text } = await sendRaw(proxy.port, GET);
  const traceId = /traceresponse: 00-([0-9a-f]{32})/.exec(text)?.[1] ?? 'none';
  const line = await vi.waitUntil(() =>
    readFileSync(LOG, 'utf8')
      .split('\n')
      .find((each) => each.includes(traceId)),
  );
  expect(line).toMatch(
    /^127\.0\.0\.1 - - \[\d\d\/\w{3}\/\d{4}:\d\d:\d\d:\d\d \+0000\] "GET \/ HTTP\/1\.1" 200 \d+ "-" "\\x22evil\\x22 \\x5C" trace=\w{32} span=[0-9a-f]{16} rt=\d\.\d{3} ut=\d\.\d{3}$/,
  );
});

test('the access log is opened again after it was moved away', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'waybill-log-')), 'access.log');
  const { createProxy } = await import('./server.ts');
  const { readConfig } = await import('./config.ts');
  const config = readConfig({
    WAYBILL_STATIC_ROOT: proxy.folder,
    WAYBILL_HOME: HOME,
    WAYBILL_ACCESS_LOG: file,
  });
  const any = { host: '127.0.0.1', port: 0, variable: '' };
  const server = await createProxy({ ...config, listening: any, routed: any, tls: any, tlsRouted: any, control: any });
  const { port } = await server.listen();
  await fetch(`http://127.0.0.1:${port}/static/style.css`);
  await vi.waitUntil(() => existsSync(file) && readFileSync(file, 'utf8').includes('\n'));
  renameSync(file, `${file}.1`);
  await server.reload();
  await fetch(`http://127.0.0.1:${port}/static/none`);
  await server.close();
  expect(readFileSync(`${file}.1`, 'utf8')).toContain('"GET /static/style.css HTTP/1.1" 200 7 ');
  expect(readFileSync(file, 'utf8')).toContain('"GET /static/none HTTP/1.1" 404 ');
});

test('a process: no warning on stderr, and SIGTERM during a request still exports its whole trace', async () => {
  const bodies: string[] = [];
  const receiver = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    bodies.push(body);
    response.setHeader('content-type', 'application/json').end('{}');
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const inHand = Promise.withResolvers<() => void>();
  const slow = await startGateway(({ url }, response) => {
    if (url === '/held') inHand.resolve(() => response.end('done'));
    else response.end(); // the warm-up
  });
  const portOf = (server: typeof receiver) => (server.address() as AddressInfo).port;
  const [port, routedPort, controlPort] = [await freePort(), await freePort(), await freePort()];
  const child = spawn(process.execPath, ['--import', './otel/instrument.ts', 'services/proxy/main.ts'], {
    cwd: join(import.meta.dirname, '../..'),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      ...process.env,
      OTEL_SERVICE_NAME: 'proxy',
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${portOf(receiver)}`,
      WAYBILL_GATEWAY: `127.0.0.1:${slow.port}`,
      WAYBILL_STATIC_ROOT: proxy.folder,
      WAYBILL_SITE_PORT: String(port),
      WAYBILL_SITE_PP_PORT: String(routedPort),
      WAYBILL_PROXY_CONTROL_PORT: String(controlPort),
    },
  });
  let errors = '';
  child.stderr?.on('data', (chunk) => {
    errors += chunk;
  });
  await once(child, 'message');
  const answer = fetch(`http://127.0.0.1:${port}/held`, { headers: { connection: 'close' } });
  const finish = await inHand.promise;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  finish();
  const response = await answer;
  const [code] = await exited;
  const traceId = response.headers.get('traceresponse')?.split('-')[1] ?? 'none';
  expect([response.status, code, errors]).toEqual([200, 0, '']);
  const sent = bodies
    .flatMap((body) => JSON.parse(body).resourceSpans)
    .flatMap(({ scopeSpans }) => scopeSpans)
    .flatMap(({ spans }) => spans);
  expect(
    sent
      .filter((span) => span.traceId === traceId)
      .map(({ name }) => name)
      .sort(),
  ).toEqual(['GET', 'GET', 'location']);
  receiver.close();
  await slow.close();
});
