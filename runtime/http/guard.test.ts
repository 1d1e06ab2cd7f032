// Who may ask: by Host, Origin and Fetch Metadata.

import { createServer } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { beforeAll, expect, test } from 'vitest';
import { listen } from '../net/listen.ts';
import { type Allowed, guarded } from './guard.ts';

/** Sends a request with these header lines to a guarded server; resolves with the status. */
async function ask(lines: string[], { method = 'GET', target = '/', version = '1.1' } = {}): Promise<number> {
  const socket = connect(port, '127.0.0.1');
  const head = [`${method} ${target} HTTP/${version}`, ...lines, 'Connection: close', 'Content-Length: 0'];
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  return Number(/^HTTP\/1\.1 (\d+)/.exec(await text(socket))?.[1]);
}

async function start(allowed: Allowed): Promise<number> {
  const server = createServer(
    { requireHostHeader: false },
    guarded((_, response) => void response.end('ok'), allowed),
  );
  closers.push(() => server.close());
  return listen(server, { host: '127.0.0.1', port: 0, variable: '' });
}

const closers: (() => void)[] = [];
let port = 0;
beforeAll(async () => {
  port = await start({ hosts: ['store.example.org', '.lab.example.org'], origins: ['http://page.example'] });
  return () => {
    for (const close of closers) close();
  };
});

test.each([
  '127.0.0.1:8190',
  '127.0.0.1',
  '10.1.2.3:80',
  '[::1]:8190',
  '[::1]',
  'localhost:8190',
  'LOCALHOST',
  'visitor.localhost:8190',
  'jaeger:4318', // a container's name
  'localhost.',
  '127.0.0.1.',
  'store.example.org:4318', // configured
  'store.example.org.',
  'lab.example.org', // configured by .lab.example.org, as this is:
  'a.b.lab.example.org',
])('Host: %s is served', async (host) => expect(await ask([`Host: ${host}`])).toBe(200));

test.each([
  'evil.example',
  'evil.example:8190',
  '127.0.0.1.evil.example',
  'localhost.evil.example',
  'evil-localhost.example',
  'evil.',
  'example.org',
  'xlab.example.org',
  'xstore.example.org',
  'xlocalhost.evil',
  '127.1.evil',
  '1.2.3.4.5',
])('Host: %s is another site: 421', async (host) => expect(await ask([`Host: ${host}`])).toBe(421));

test.each([
  [''],
  ['a b'],
  ['[::1'],
  ['[evil]'],
  ['user@localhost'],
  ['localhost:x'],
  ['localhost/evil'],
  ['[127.0.0.1]'],
  ['a,b'],
])('Host: %s is none: 400', async (host) => expect(await ask([`Host: ${host}`])).toBe(400));

test('no Host, or two of them: 400, in HTTP/1.0 too', async () => {
  expect(await ask([])).toBe(400);
  expect(await ask([], { version: '1.0' })).toBe(400);
  expect(await ask(['Host: localhost', 'Host: localhost'])).toBe(400);
  expect(await ask(['Host: localhost', 'host: evil.example'])).toBe(400);
});

test('a whole address as target has a host, too', async () => {
  expect(await ask(['Host: localhost'], { target: 'http://localhost/' })).toBe(200);
  expect(await ask(['Host: localhost'], { target: 'http://evil.example/' })).toBe(421);
  expect(await ask(['Host: localhost'], { target: 'HTTP://evil.example:80?x' })).toBe(421);
  expect(await ask(['Host: evil.example'], { target: 'http://localhost/' })).toBe(421);
  expect(await ask(['Host: localhost'], { target: 'http://user@localhost/' })).toBe(400);
});

test.each([
  [200, 'http://localhost:8190'], // this page
  [200, 'http://LOCALHOST:8190'],
  [200, 'http://page.example'], // configured
  [403, 'http://localhost:8180'],
  [403, 'http://localhost'],
  [403, 'http://127.0.0.1:8190'], // another name is another origin
  [403, 'http://evil.example'],
  [403, 'http://page.example.evil.example'],
  [403, 'https://page.example'],
  [403, 'null'],
  [403, ''],
  [403, 'file://'],
  [403, 'nonsense'],
])('%i for Origin: %s at localhost:8190', async (status, origin) => {
  for (const method of ['GET', 'POST', 'OPTIONS', 'DELETE']) {
    expect(await ask(['Host: localhost:8190', `Origin: ${origin}`], { method })).toBe(status);
  }
});

test.each([
  [200, 'lab.example.org', 'https://lab.example.org'], // TLS ends at the proxy, which keeps Host
  [200, 'lab.example.org:443', 'https://lab.example.org'],
  [200, 'lab.example.org:8443', 'https://lab.example.org:8443'],
  [200, '127.0.0.1:8190', 'https://lab.example.org'], // the proxy replaces Host
  [200, '127.0.0.1:8190', 'https://lab.example.org:8443'],
  [403, '127.0.0.1:8190', 'https://evil.example'],
  [403, '127.0.0.1:8190', 'https://xlab.example.org'],
  [403, '127.0.0.1:8190', 'https://lab.example.org.evil.example'],
  [403, 'lab.example.org', 'https://evil.example'],
])('behind a proxy with TLS: %i for Host: %s, Origin: %s', async (status, host, origin) => {
  expect(await ask([`Host: ${host}`, `Origin: ${origin}`], { method: 'POST' })).toBe(status);
});

test.each([
  [200, 'lab.example.org', 'https://lab.example.org'],
  [200, 'localhost:8443', 'https://localhost:8443'],
  [200, 'lab.example.org, 10.0.0.1', 'https://lab.example.org'],
  [403, 'lab.example.org', 'https://evil.example'],
  [421, 'evil.example', 'https://evil.example'], // rebound to the proxy
  [421, 'lab.example.org, evil.example', 'https://lab.example.org'],
  [400, '', 'https://lab.example.org'],
])('%i for X-Forwarded-Host: %s, Origin: %s', async (status, forwarded, origin) => {
  const lines = ['Host: 127.0.0.1:8190', `X-Forwarded-Host: ${forwarded}`, `Origin: ${origin}`];
  expect(await ask(lines, { method: 'POST' })).toBe(status);
});

test('a page on another port of an allowed name is of the same site, not the lab’s own', async () => {
  const lines = ['Host: 127.0.0.1:8190', 'Origin: https://lab.example.org:9999', 'Sec-Fetch-Site: same-site'];
  expect(await ask(lines, { method: 'POST' })).toBe(403);
});

test('port 80 may be left out', async () => {
  expect(await ask(['Host: localhost:80', 'Origin: http://localhost'], { method: 'POST' })).toBe(200);
});

test.each([
  [200, 'same-origin', 'cors', 'empty', 'POST'],
  [200, 'none', 'navigate', 'document', 'GET'], // typed
  [200, 'cross-site', 'navigate', 'document', 'GET'], // a link that is followed
  [200, 'same-site', 'navigate', 'document', 'HEAD'],
  [403, 'cross-site', 'navigate', 'document', 'POST'], // a form of another site
  [403, 'same-site', 'navigate', 'document', 'POST'],
  [403, 'cross-site', 'navigate', 'iframe', 'GET'],
  [403, 'cross-site', 'no-cors', 'image', 'GET'],
  [403, 'same-site', 'no-cors', 'script', 'GET'], // another port of this machine
  [403, 'cross-site', 'cors', 'empty', 'GET'],
])('%i for Sec-Fetch-Site: %s, -Mode: %s, -Dest: %s with %s', async (status, site, mode, dest, method) => {
  const lines = [`Sec-Fetch-Site: ${site}`, `Sec-Fetch-Mode: ${mode}`, `Sec-Fetch-Dest: ${dest}`];
  expect(await ask(['Host: localhost', ...lines], { method })).toBe(status);
});

test('a configured origin may ask from another port', async () => {
  const lines = [
    'Host: localhost',
    'Origin: http://page.example',
    'Sec-Fetch-Site: cross-site',
    'Sec-Fetch-Mode: cors',
  ];
  expect(await ask(lines, { method: 'POST' })).toBe(200);
});
