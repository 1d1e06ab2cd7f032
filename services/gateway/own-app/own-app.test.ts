// The learner's own app behind the gateway: any program that speaks HTTP, and some that do not.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request as httpRequest, type IncomingMessage, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { text } from 'node:stream/consumers';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { startGateway, tracedRequest } from '../../../tests/support/gateway/gateway.ts';
import { recordSpans } from '../../../tests/support/otel.ts';

const spans = recordSpans();
beforeEach(() => spans.clear());

type Gateway = Awaited<ReturnType<typeof startGateway>>;

async function gatewayOf(settings: Parameters<typeof startGateway>[1] = {}, ownAppFile = ''): Promise<Gateway> {
  const gateway = await startGateway([], settings, { ownPorts: new Map([[8190, 'the page']]), ownAppFile });
  onTestFinished(() => gateway.close());
  return gateway;
}

async function setApp({ controlPort }: Gateway, app: object) {
  const response = await fetch(`http://127.0.0.1:${controlPort}/app`, { method: 'PUT', body: JSON.stringify(app) });
  return { status: response.status, ...((await response.json()) as { app: { [name: string]: unknown } }) };
}

/** Listens on a free port until the test has ended. */
async function listening<S extends Server>(server: S, host = '127.0.0.1'): Promise<number> {
  onTestFinished(() => void server.close());
  await once(server.listen(0, host), 'listening');
  return (server.address() as AddressInfo).port;
}

/** A gateway before an app that answers by `listener`. */
async function before(listener: RequestListener, app: object = {}, settings = {}) {
  const port = await listening(createServer(listener));
  const gateway = await gatewayOf(settings);
  await setApp(gateway, { url: `http://127.0.0.1:${port}`, ...app });
  return { gateway, port };
}

/** A gateway before an app that answers each connection with `bytes`, or by itself. */
async function beforeRaw(answer: string | ((socket: Socket) => void)) {
  const port = await listening(
    createTcpServer((socket) => {
      socket.on('error', () => {});
      if (typeof answer === 'string') socket.once('data', () => socket.end(answer));
      else answer(socket);
    }),
  );
  const gateway = await gatewayOf({ timeout: 300 });
  await setApp(gateway, { url: `http://127.0.0.1:${port}` });
  return gateway;
}

async function ask({ port }: Gateway, headers: Record<string, string> = {}, path = '/', method = 'GET') {
  const sent = httpRequest({ port, host: '127.0.0.1', path, method, headers: { host: 'my.test', ...headers } }).end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

test('the app gets the request with its Host and the context of the trace; no other header tells of the lab', async () => {
  let seen: IncomingMessage['headers'] = {};
  const { gateway, port } = await before((request, response) => {
    if (request.method === 'GET') seen = request.headers;
    response.end('mine');
  });
  expect(await ask(gateway, { 'waybill-command': 'crash' })).toMatchObject({ status: 200, body: 'mine' });
  const { server, attempts } = await tracedRequest(spans);
  expect(seen).toEqual({ host: 'my.test', connection: 'close', traceparent: expect.stringMatching(/^00-/) });
  expect(server).toMatchObject({ 'waybill.queue.outcome': 'worker' });
  expect(attempts).toEqual([
    expect.objectContaining({ 'waybill.own_app': true, 'waybill.worker.id': 'my-1', 'server.port': port }),
  ]);
});

test('requests for the sites of the lab do not reach it', async () => {
  const { gateway } = await before((_, response) => response.end('mine'), {}, { queueWait: 50 });
  expect((await ask(gateway, { host: 'tatis.test' })).status).toBe(503); // no worker of the lab
  expect((await ask(gateway, { host: 'my.test.evil.example' })).status).toBe(503);
  expect((await ask(gateway, { host: 'MY.localhost:8180' })).body).toBe('mine');
});

test('a name that the app refuses, as Django does: it gets its own address, and the report says what to add', async () => {
  const hosts: (string | undefined)[] = [];
  const gateway = await gatewayOf();
  const port = await listening(
    createServer(({ method, headers: { host } }, response) => {
      if (method === 'GET') hosts.push(host);
      response.writeHead(host?.startsWith('my.test') ? 400 : 200).end();
    }),
  );
  const { app } = await setApp(gateway, { url: `http://localhost:${port}` });
  await ask(gateway);
  await ask(gateway, { host: 'my.localhost:8180' });
  expect(hosts).toEqual([`localhost:${port}`, 'my.localhost:8180']);
  expect(app.hint).toContain("ALLOWED_HOSTS += ['my.test']");
});

test('an app that answers 403 to every name keeps the Host', async () => {
  const { gateway } = await before(({ headers }, response) => response.writeHead(403).end(headers.host));
  expect((await ask(gateway)).body).toBe('my.test');
});

test('with one worker the second request waits, and its span shows it', async () => {
  const first = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<void>();
  const { gateway } = await before(({ url }, response) => {
    if (url === '/slow') {
      arrived.resolve();
      void first.promise.then(() => response.end());
    } else response.end();
  });
  const slow = ask(gateway, {}, '/slow');
  await arrived.promise;
  const second = ask(gateway, {}, '/second');
  const report = async () => (await (await fetch(`http://127.0.0.1:${gateway.controlPort}/app`)).json()) as object;
  await vi.waitFor(async () => expect(await report()).toMatchObject({ app: { inHand: 1, queue: 1 } }));
  first.resolve();
  expect([(await slow).status, (await second).status]).toEqual([200, 200]);
});

test('requests that wait when the app is set again, or removed, are answered', async () => {
  const go = Promise.withResolvers<void>();
  const { gateway, port } = await before(({ method }, response) => {
    if (method === 'HEAD') response.end();
    else void go.promise.then(() => response.end());
  });
  const answers = [ask(gateway), ask(gateway), ask(gateway)];
  const control = `http://127.0.0.1:${gateway.controlPort}/app`;
  const report = async () => (await (await fetch(control)).json()) as object;
  await vi.waitFor(async () => expect(await report()).toMatchObject({ app: { inHand: 1, queue: 2 } }));
  await setApp(gateway, { url: `http://127.0.0.1:${port}`, workers: 2 });
  await fetch(control, { method: 'DELETE' });
  go.resolve();
  expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200, 200]);
});

test('with two workers two are in hand at once', async () => {
  const both = Promise.withResolvers<void>();
  let inHand = 0;
  const { gateway } = await before(
    ({ method }, response) => {
      if (method === 'GET' && ++inHand === 2) both.resolve();
      if (method === 'GET') void both.promise.then(() => response.end());
      else response.end();
    },
    { workers: 2 },
  );
  const answers = await Promise.all([ask(gateway), ask(gateway)]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
});

test.each([
  ['http://127.0.0.1:8000', 'http://my.test/'],
  ['//127.0.0.1:8000/a', '//127.0.0.1:8000/a'],
  ['http://127.0.0.1:80001/', 'http://127.0.0.1:80001/'],
  ['/relative', '/relative'],
  ['https://example.test/', 'https://example.test/'],
])('Location: %s', async (location) => {
  const { gateway, port } = await before(({ socket }, response) => {
    response.writeHead(302, { location: location.replace('8000', String(socket.localPort)) }).end();
  });
  const { headers } = await ask(gateway, { 'x-forwarded-host': 'my.test:8180', 'x-forwarded-proto': 'https' });
  const isOwn = /^http:\/\/127\.0\.0\.1:8000(\/|$)/.test(location);
  expect(headers.location).toBe(
    isOwn ? location.replace('http://127.0.0.1:8000', 'https://my.test:8180') : location.replace('8000', String(port)),
  );
});

test('a cookie for another domain passes as it is; an interim response ends here', async () => {
  const { gateway } = await before((_, response) => {
    response.writeEarlyHints({ link: '</a.css>; rel=preload' });
    response.writeHead(200, { 'set-cookie': ['a=1; Domain=example.com', 'b=2'] }).end();
  });
  expect((await ask(gateway)).headers['set-cookie']).toEqual(['a=1; Domain=example.com', 'b=2']);
});

test.each([
  ['HTTP/1.0 without a length', 'HTTP/1.0 200 OK\r\nServer: SimpleHTTP/0.6 Python/3.11\r\n\r\nhello'],
  ['chunked', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n'],
])('%s', async (_, bytes) => {
  expect(await ask(await beforeRaw(bytes))).toMatchObject({ status: 200, body: 'hello' });
});

test.each([
  ['garbage', 'hello, I am a mail server\r\n', 502, 'bad_response'],
  ['nothing, and a closed connection', '', 502, 'worker_lost'],
  ['less than it says', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello', 502, 'worker_lost'],
])('%s', async (_, bytes, status, error) => {
  const gateway = await beforeRaw(bytes);
  expect((await ask(gateway)).status).toBe(status);
  const { attempts } = await tracedRequest(spans);
  expect(attempts.at(-1)).toMatchObject({ 'error.type': error });
});

test('it never answers, not even which names it accepts: 504, after the timeout of a worker', async () => {
  const gateway = await gatewayOf({ timeout: 100 });
  const port = await listening(createServer(() => {}));
  await setApp(gateway, { url: `http://127.0.0.1:${port}` });
  expect((await ask(gateway)).status).toBe(504);
});

test('nothing listens there: 502 and one attempt; when it is started, it is found', async () => {
  const server = createServer((_, response) => response.end('up'));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const gateway = await gatewayOf();
  const { app } = await setApp(gateway, { url: String(port) });
  expect(app).toMatchObject({ state: 'down', reason: `no process listens on 127.0.0.1:${port}` });
  expect((await ask(gateway)).status).toBe(502);
  expect((await tracedRequest(spans)).attempts).toMatchObject([{ 'error.type': 'app_unreachable' }]);
  server.listen(port, '127.0.0.1');
  onTestFinished(() => void server.close());
  await vi.waitFor(async () => expect((await ask(gateway)).body).toBe('up'));
});

test('an app on IPv6 alone', async ({ skip }) => {
  const server = createServer((_, response) => response.end('six'));
  const port = await listening(server, '::1').catch(() => skip('this machine has no IPv6'));
  const gateway = await gatewayOf();
  await setApp(gateway, { url: `http://localhost:${port}` });
  expect((await ask(gateway)).body).toBe('six');
});

test('with a health check it gets requests only while that is answered', async () => {
  let isHealthy = false;
  const { gateway } = await before(
    ({ url }, response) => response.writeHead(url === '/up' && !isHealthy ? 503 : 200).end('served'),
    { health: '/up' },
    { queueWait: 50 },
  );
  expect((await ask(gateway)).status).toBe(503);
  isHealthy = true;
  await vi.waitFor(async () => expect((await ask(gateway)).status).toBe(200));
});

test('the fault "fewer workers" works on it', async () => {
  const { gateway } = await before((_, response) => response.end(), { workers: 4 }, { workers: 0, queueWait: 50 });
  expect((await ask(gateway)).status).toBe(503);
});

test('without an app: 503; a removed one gets no more requests', async () => {
  const { gateway } = await before((_, response) => response.end());
  expect((await ask(gateway)).status).toBe(200);
  await fetch(`http://127.0.0.1:${gateway.controlPort}/app`, { method: 'DELETE' });
  expect(await ask(gateway)).toMatchObject({ status: 503, body: expect.stringContaining('No app is set') });
});

test.each([
  [{ url: 'http://192.0.2.1:80' }, 'is not this machine'],
  [{ url: 'http://127.0.0.1:8190' }, "the lab's own (the page)"],
  [{ url: '8000', workers: 0 }, 'workers takes a whole number from 1'],
  [{ url: '8000', health: 'up' }, 'health takes a path'],
  [{ url: '8000', command: 'sh' }, 'command is unknown'],
  [{}, 'url'],
])('PUT /app %j: 400, and the app before stays', async (body, message) => {
  const { gateway } = await before((_, response) => response.end());
  expect(await setApp(gateway, body)).toMatchObject({
    status: 400,
    error: { message: expect.stringContaining(message) },
  });
  expect((await ask(gateway)).status).toBe(200);
});

test('a large response is streamed no faster than it is read', async () => {
  const piece = Buffer.alloc(1_000_000);
  let written = 0;
  const { gateway } = await before(async ({ method }, response) => {
    if (method === 'HEAD') return void response.end();
    for (let left = 1000; left > 0 && !response.destroyed; left--) {
      written += piece.length;
      if (!response.write(piece)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
    }
    response.end();
  });
  const sent = httpRequest({ port: gateway.port, host: '127.0.0.1', headers: { host: 'my.test' } }).end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  await once(response, 'readable');
  expect(written).toBeLessThan(100_000_000);
  response.destroy();
});

test('a WebSocket is passed on both ways, and waits in no queue; for the sites of the lab it is a request like others', async () => {
  const server = createServer((_, response) => response.end());
  server.on('upgrade', (request, socket) => {
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX-Host: ${request.headers.host}\r\n\r\n`,
    );
    socket.pipe(socket);
  });
  const gateway = await gatewayOf({ workers: 0, queueWait: 50 });
  await setApp(gateway, { url: String(await listening(server)) });
  const upgrade = (host: string) =>
    httpRequest({
      port: gateway.port,
      host: '127.0.0.1',
      headers: { host, connection: 'Upgrade', upgrade: 'websocket' },
    }).end();
  const [response, socket] = (await once(upgrade('my.test'), 'upgrade')) as [IncomingMessage, Socket];
  expect([response.statusCode, response.headers['x-host']]).toEqual([101, 'my.test']);
  socket.write('ping');
  expect(String((await once(socket, 'data'))[0])).toBe('ping');
  socket.destroy();
  const [refused] = (await once(upgrade('tatis.test'), 'response')) as [IncomingMessage];
  expect(refused.statusCode).toBe(503);
});

test('the fault "a worker fails" ends a process that the lab has started, and no other', async () => {
  const code =
    "require('http').createServer((q, r) => q.method === 'HEAD' && r.end()).listen(0, function () { console.log(this.address().port) })";
  const child = spawn(execPath, ['-e', code], { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  const url = String((await once(child.stdout, 'data'))[0]).trim();
  const gateway = await gatewayOf({ fault: 'crash', timeout: 200 });
  await setApp(gateway, { url });
  expect((await ask(gateway)).status).toBe(504);
  await setApp(gateway, { url, program: { pid: child.pid, command: 'node' } });
  const ended = once(child, 'exit');
  expect((await ask(gateway)).status).toBe(502);
  expect((await ended)[1]).toBe('SIGKILL');
});

test('a restarted gateway has the app that was set last, and none after its removal', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-own-app-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'own-app.json');
  const url = `http://127.0.0.1:${await listening(createServer((_, response) => response.end('mine')))}`;
  const app = { url, workers: 3, static: [{ path: '/static/', folder }] };
  await setApp(await gatewayOf({}, file), app);
  const restarted = await gatewayOf({}, file);
  expect((await ask(restarted)).body).toBe('mine');
  const control = `http://127.0.0.1:${restarted.controlPort}/app`;
  expect(await (await fetch(control)).json()).toMatchObject({ app });
  await fetch(control, { method: 'DELETE' });
  expect((await ask(await gatewayOf({}, file))).status).toBe(503);
});
