import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { closeServer } from '../shutdown.ts';
import { listenPrivately } from './listen.ts';
import { connectLocally, createUnixListener, isUnixSocket, listenUnix, unixSocketOf } from './unix-socket.ts';

let folder: string;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'waybill-sockets-')), 'sockets');
  onTestFinished(() => rmSync(join(folder, '..'), { recursive: true }));
});

/** An HTTP server that answers with whether the request came by a Unix socket. */
async function serve() {
  const server = createServer((incoming, response) => response.end(String(isUnixSocket(incoming.socket))));
  const port = await listenPrivately(server);
  const listener = createUnixListener(server);
  await listenUnix(listener, folder, port);
  const close = () => closeServer(server, listener);
  onTestFinished(close);
  return { port, close };
}

async function get(port: number): Promise<string> {
  const createConnection = () => connectLocally(folder, { host: '127.0.0.1', port });
  const [response] = await once(request({ createConnection }).end(), 'response');
  return text(response);
}

test('a client of the port connects to the socket in the folder, which only its user may enter', async () => {
  const { port } = await serve();
  expect(await get(port)).toBe('true');
  expect(statSync(folder).mode & 0o777).toBe(0o700);
});

test('the port itself still answers', async () => {
  const { port } = await serve();
  expect(await (await fetch(`http://127.0.0.1:${port}`)).text()).toBe('false');
});

test('without a socket, the client connects by TCP', async () => {
  const { port } = await serve();
  rmSync(join(folder, `${port}.sock`));
  expect(await get(port)).toBe('false');
});

test('a socket that an ended process has left is replaced; it is gone when the server is closed', async () => {
  const server = createServer((_, response) => response.end('new'));
  const port = await listenPrivately(server);
  const listener = createUnixListener(server);
  const path = join(folder, `${port}.sock`);
  await listenUnix(createUnixListener(server).unref(), folder, port); // never closed
  await listenUnix(listener, folder, port);
  expect(await get(port)).toBe('new');
  await closeServer(server, listener);
  expect(existsSync(path)).toBe(false);
});

test('a folder that cannot be made: TCP', async () => {
  writeFileSync(folder, '');
  const { port } = await serve();
  expect(await get(port)).toBe('false');
});

test('another machine, no folder, or a path that is too long for a socket: TCP', async () => {
  const { port } = await serve();
  expect(unixSocketOf(folder, { host: '192.0.2.1', port })).toBeUndefined();
  expect(unixSocketOf('', { host: '127.0.0.1', port })).toBeUndefined();
  const long = join(folder, 'x'.repeat(100));
  const server = createServer();
  await listenUnix(createUnixListener(server), long, port);
  expect(existsSync(long)).toBe(false);
});
