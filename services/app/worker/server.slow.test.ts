import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { type Answer, createWorkerServer } from './server.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function start(answer: Answer) {
  const worker = createWorkerServer(async () => ({ answer, hosts: ['tatis.test'] }), {
    listening: { host: '127.0.0.1', port: 0, variable: '' },
    id: 'app-1',
    release: null,
    sockets: '',
    allowedHosts: [],
    maxHeaders: 20,
    maxBody: 1000,
    maxRequests: 0,
    maxRequestsJitter: 0,
    watchdogTimeout: 60_000,
  });
  const port = await worker.listen();
  ends.push(worker.close);
  return { port, url: `http://127.0.0.1:${port}`, close: worker.close };
}

const hello: Answer = (_, response) => void response.end('hello');

test('GET /healthz reports the worker, and its requests in progress', async () => {
  let finish = () => {};
  const { url } = await start((_, response) => {
    finish = () => response.end('done');
  });
  const health = async () => (await fetch(`${url}/healthz`)).json();
  expect(await health()).toEqual({
    worker: 'app-1',
    pid: process.pid,
    started: Math.round(performance.timeOrigin),
    release: null,
    inHand: 0,
    draining: false,
  });
  const fetched = fetch(url).then((response) => response.text());
  await vi.waitFor(async () => expect(await health()).toMatchObject({ inHand: 1 }));
  finish();
  await fetched;
  await vi.waitFor(async () => expect(await health()).toMatchObject({ inHand: 0 }));
});

test('a request is in progress until its handler has ended, even if its client has closed the connection', async () => {
  let finish = () => {};
  const { url } = await start(() => new Promise<void>((resolve) => (finish = resolve)));
  const health = async () => (await fetch(`${url}/healthz`)).json();
  const client = new AbortController();
  const fetched = fetch(url, { signal: client.signal }).catch(() => {});
  await vi.waitFor(async () => expect(await health()).toMatchObject({ inHand: 1 }));
  client.abort();
  await fetched;
  expect(await health()).toMatchObject({ inHand: 1 });
  finish();
  await vi.waitFor(async () => expect(await health()).toMatchObject({ inHand: 0 }));
});

test('a handler that continues without its client makes the worker exit', async () => {
  const terminated = vi.fn();
  process.once('SIGTERM', terminated);
  onTestFinished(() => void process.off('SIGTERM', terminated));
  let finish = () => {};
  const { url } = await start(() => new Promise<void>((resolve) => (finish = resolve)));
  const client = new AbortController();
  const fetched = fetch(url, { signal: client.signal }).catch(() => {});
  await vi.waitFor(async () => expect(await (await fetch(`${url}/healthz`)).json()).toMatchObject({ inHand: 1 }));
  client.abort();
  await fetched;
  await vi.waitFor(() => expect(terminated).toHaveBeenCalledOnce());
  finish();
});

test.each([
  ['too many headers', 431, { headers: Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`x-${i}`, '1'])) }],
  ['too long a header', 431, { headers: { 'x-long': 'x'.repeat(20_000) } }],
  ['too long a body', 413, { method: 'POST', headers: { 'content-length': 1001 } }],
])('%s: %i, and the connection is closed', async (_, status, options) => {
  const { port } = await start(hello);
  const sent = request({ port, ...options });
  sent.on('error', () => {});
  sent.end();
  const [response] = await once(sent, 'response');
  await text(response);
  expect(response.statusCode).toBe(status);
  expect(response.headers.connection).toBe('close');
});

test.each([
  ['not HTTP', 'hello?\r\n\r\n'],
  ['two lengths', 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab'],
  [
    'a length and chunks',
    'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
  ],
  ['no host', 'GET / HTTP/1.1\r\n\r\n'],
])('%s: 400, and the next request is answered', async (_, bytes) => {
  const { port, url } = await start(hello);
  const socket = connect(port, '127.0.0.1');
  socket.end(bytes);
  expect(await text(socket)).toMatch(/^HTTP\/1.1 400 /);
  expect(await (await fetch(url)).text()).toBe('hello');
});

test('a worker that closes reports draining, and finishes its requests', async () => {
  let finish = () => {};
  const { url, close } = await start((_, response) => {
    finish = () => response.end('done');
  });
  const fetched = fetch(url).then((response) => response.text());
  await vi.waitFor(async () => expect(await (await fetch(`${url}/healthz`)).json()).toMatchObject({ inHand: 1 }));
  const closing = close();
  expect(await (await fetch(`${url}/healthz`)).json()).toMatchObject({ draining: true });
  finish();
  expect(await fetched).toBe('done');
  await closing;
});

test('the watchdog kills a process whose event loop is blocked, and says why', async () => {
  const code = `
    import { startWatchdog } from ${JSON.stringify(new URL('./watchdog.ts', import.meta.url).href)};
    startWatchdog(200);
    setTimeout(() => { for (;;); }, 600);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [stderr, [exitCode, signal]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  expect([exitCode, signal]).toEqual([null, 'SIGKILL']);
  expect(stderr).toMatch(/was blocked for 200 ms/);
});

test('the watchdog does not kill a process that is blocked for less, and does not keep it running', async () => {
  const code = `
    import { startWatchdog } from ${JSON.stringify(new URL('./watchdog.ts', import.meta.url).href)};
    startWatchdog(1000);
    let times = 0;
    const busy = () => {
      const until = Date.now() + 300;
      while (Date.now() < until);
      if (++times < 5) setTimeout(busy, 100);
    };
    setTimeout(busy, 100);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code]);
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test.each([['Host: ['], ['Host: a', 'Host: a'], [], ['Host: u@a']])('%s is refused with 400', async (...fields) => {
  const { port } = await start(hello);
  const socket = connect(port, '127.0.0.1');
  socket.write(['GET / HTTP/1.1', ...fields, 'Connection: close', '', ''].join('\r\n'));
  expect(await text(socket)).toMatch(/^HTTP\/1.1 400 /);
});
