// The server block of the learner's own site: everything goes to the gateway but the folders of --static.

import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startProxy, type TestProxy } from '../../tests/support/proxy/proxy.ts';
import { readConfig } from './config.ts';

const folder = mkdtempSync(join(tmpdir(), 'waybill-own-static-'));
const gateway = createServer(({ url, headers }, response) => response.end(`gateway ${headers.host}${url}`));
let proxy: TestProxy;
beforeAll(async () => {
  writeFileSync(join(folder, 'a.css'), 'a {}');
  gateway.on('upgrade', ({ headers }, socket) => {
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX-For: ${headers['x-forwarded-for']}\r\n\r\n`,
    );
    socket.pipe(socket);
  });
  await once(gateway.listen(0, '127.0.0.1'), 'listening');
  proxy = await startProxy((gateway.address() as AddressInfo).port, { WAYBILL_APP_STATIC: `${folder}=/static/` });
});
afterAll(async () => {
  await proxy.close();
  gateway.close();
  rmSync(folder, { recursive: true });
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
  ['my.test', '/static/a.css', 'a {}'],
])('%s%s → %s', async (host, path, body) => {
  expect(await ask(host, path)).toEqual([200, body]);
});

test.each([
  ['my.test', '/static/../secret', 200], // not a static path: the app's
  ['my.test', '/static/%2e%2e%2f%2e%2e/etc/passwd', 400],
  ['my.test', '/static/b.css', 404],
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

test.each(['static', '=/static/', 'static=static/', 'static=/static'])('WAYBILL_APP_STATIC=%s is refused', (value) => {
  expect(() => readConfig({ WAYBILL_APP_STATIC: value })).toThrow('is not DIR=/path/');
});
