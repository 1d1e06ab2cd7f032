// The server block of the learner's own site: everything goes to the gateway but the folders of --static.

import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeOwnAppFile } from '../../runtime/own-app-file.ts';
import { startProxy, type TestProxy } from '../../tests/support/proxy/proxy.ts';

const folder = mkdtempSync(join(tmpdir(), 'waybill-own-static-'));
const gateway = createServer(({ url, headers }, response) => response.end(`gateway ${headers.host}${url}`));
let proxy: TestProxy;
const CSS = 'a {}';
const file = join(folder, '..', `${basename(folder)}.json`);
beforeAll(async () => {
  mkdirSync(join(folder, 'docs'));
  writeFileSync(join(folder, 'a.css'), CSS);
  writeFileSync(join(folder, 'a.css.gz'), gzipSync(CSS));
  writeFileSync(join(folder, 'docs/index.html'), '<p>docs');
  writeOwnAppFile(file, { static: [{ path: '/static/', folder }] });
  gateway.on('upgrade', ({ headers }, socket) => {
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX-For: ${headers['x-forwarded-for']}\r\n\r\n`,
    );
    socket.pipe(socket);
  });
  await once(gateway.listen(0, '127.0.0.1'), 'listening');
  proxy = await startProxy((gateway.address() as AddressInfo).port, { WAYBILL_APP_FILE: file });
});
afterAll(async () => {
  await proxy.close();
  gateway.close();
  rmSync(folder, { recursive: true });
  rmSync(file);
});

const send = (path: string, headers: Record<string, string>) =>
  httpRequest({ host: '127.0.0.1', port: proxy.port, path, headers }).end();

async function ask(host: string, path: string): Promise<[number | undefined, string]> {
  const [response] = (await once(send(path, { host }), 'response')) as [IncomingMessage];
  return [response.statusCode, await text(response)];
}

test.each([
  ['my.test', '/', 'gateway my.test/'],
  ['my.localhost:8180', '/admin/?a=b', 'gateway my.localhost:8180/admin/?a=b'],
  ['my.test', '/healthz', 'gateway my.test/healthz'],
  ['my.test', '/favicon.ico', 'gateway my.test/favicon.ico'],
  ['my.test', '/static/a.css', CSS],
  ['my.test', '/static/docs/', '<p>docs'],
  ['my.test', '/static', 'gateway my.test/static'], // as nginx's `location /static/`
])('%s%s → %s', async (host, path, body) => {
  expect(await ask(host, path)).toEqual([200, body]);
});

test.each([
  ['my.test', '/static/../secret', 200], // not a static path: the app's
  ['my.test', '/static/%2e%2e%2f%2e%2e/etc/passwd', 400],
  ['my.test', '/static/b.css', 404],
  ['my.test', '/static/', 404], // no index.html
  ['my.test', '/static/docs', 301],
  ['tatis.test', '/static/a.css', 404],
])('%s%s: %i', async (host, path, status) => {
  expect((await ask(host, path))[0]).toBe(status);
});

test('a WebSocket is passed on, with the address of its client', async () => {
  const headers = { connection: 'Upgrade', upgrade: 'websocket', host: 'my.test', 'x-forwarded-for': '192.0.2.1' };
  const [response, socket] = (await once(send('/ws', headers), 'upgrade')) as [IncomingMessage, Socket];
  expect(response.headers['x-for']).toBe('127.0.0.1');
  socket.write('ping');
  expect(String((await once(socket, 'data'))[0])).toBe('ping');
  socket.destroy();
});

test('it is sent as nginx sends a file: type, gzip, and 304 for the one that the client has', async () => {
  const get = async (headers: Record<string, string>) => {
    const sent = send('/static/a.css', { host: 'my.test', ...headers });
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    return { status: response.statusCode, headers: response.headers, body: await buffer(response) };
  };
  const full = await get({ 'accept-encoding': 'gzip' });
  expect(full.headers).toMatchObject({ 'content-type': 'text/css; charset=utf-8', 'content-encoding': 'gzip' });
  expect(String(gunzipSync(full.body))).toBe(CSS);
  const { etag = '', 'last-modified': date = '' } = (await get({})).headers;
  expect((await get({ 'if-none-match': etag })).status).toBe(304);
  expect((await get({ 'if-modified-since': date })).status).toBe(304);
});

test('a folder is served from when it is set until it is removed', async () => {
  writeOwnAppFile(file, { static: [{ path: '/files/', folder }] });
  expect(await ask('my.test', '/files/a.css')).toEqual([200, CSS]);
  expect(await ask('my.test', '/static/a.css')).toEqual([200, 'gateway my.test/static/a.css']);
  writeOwnAppFile(file, null);
  expect(await ask('my.test', '/files/a.css')).toEqual([200, 'gateway my.test/files/a.css']);
});
