import { once } from 'node:events';
import type { RequestListener, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test, vi } from 'vitest';
import { listen } from '../net/listen.ts';
import { createHttpServer, type HttpOptions } from './server.ts';

async function start(listener: RequestListener, options: HttpOptions = {}) {
  const server = createHttpServer(options, listener);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const port = await listen(server, { host: '127.0.0.1', port: 0, variable: '' });
  return { server, port };
}

const asked = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;

test('what a connection sends ahead is begun one by one, in order, when the one before is answered', async () => {
  const begun: (string | undefined)[] = [];
  const responses: ServerResponse[] = [];
  const { port } = await start((request, response) => {
    begun.push(request.url);
    responses.push(response);
  });
  const socket = connect(port, '127.0.0.1');
  const answer = text(socket);
  socket.write(asked('/1') + asked('/2') + asked('/3'));
  for (const count of [1, 2, 3]) {
    await vi.waitFor(() => expect(begun).toHaveLength(count));
    responses.at(-1)?.end(`<${count}>`);
  }
  socket.end();
  expect((await answer).match(/<\d>/g)).toEqual(['<1>', '<2>', '<3>']);
  expect(begun).toEqual(['/1', '/2', '/3']);
});

test('the last that was sent ahead gets its body, though it comes later', async () => {
  const bodies: string[] = [];
  const first = Promise.withResolvers<ServerResponse>();
  const { port } = await start(async (request, response) => {
    if (request.url === '/1') return first.resolve(response);
    bodies.push(await text(request));
    response.end();
  });
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.write(`${asked('/1')}POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\nhalf`);
  const response = await first.promise;
  await new Promise((resolve) => setImmediate(resolve)); // the connection is not read any more
  socket.write('half');
  response.end();
  await vi.waitFor(() => expect(bodies).toEqual(['halfhalf']));
});

test('a connection has one request in hand, and is not read while it sends ahead', async () => {
  let begun = 0;
  const { port } = await start(() => {
    begun += 1;
  });
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  onTestFinished(() => void socket.destroy());
  const flood = Buffer.from(asked('/').repeat(20_000));
  await vi.waitFor(() => {
    socket.write(flood);
    expect(socket.writableLength).toBeGreaterThan(8 * flood.length); // it is not read
  });
  expect(begun).toBe(1);
});

test('a socket that Node has handed over may fail', async () => {
  const { server, port } = await start(() => {});
  const handed = Promise.withResolvers<void>();
  server.on('connect', (_, taken) => {
    taken.once('close', handed.resolve);
    taken.destroy(new Error('reset by the client'));
  });
  connect(port, '127.0.0.1')
    .on('error', () => {})
    .write('CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n');
  await handed.promise;
});

test('a malformed request is refused after those before it are answered', async () => {
  const { port } = await start((request, response) => setImmediate(() => response.end(`<${request.url}>`)));
  const socket = connect(port, '127.0.0.1');
  const answer = text(socket);
  socket.write(`${asked('/1') + asked('/2')}nonsense\r\n\r\n`);
  expect((await answer).match(/<\/\d>|HTTP\/1.1 \d+/g)).toEqual([
    ...['HTTP/1.1 200', '</1>', 'HTTP/1.1 200', '</2>'],
    'HTTP/1.1 400',
  ]);
});

test('a malformed body is the failure of the request that it belongs to, though others were sent ahead', async () => {
  const { port } = await start(async (request, response) => {
    await text(request).catch(() => {});
    if (!response.headersSent) response.end(`<${request.url}>`);
  });
  const socket = connect(port, '127.0.0.1');
  const answer = text(socket);
  const malformed = 'POST /2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n';
  socket.write(asked('/1') + malformed);
  expect((await answer).match(/<\/\d>|HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 200', '</1>', 'HTTP/1.1 400']);
});

test('a full server closes the connection that is idle longest for a new one', async () => {
  const { port } = await start((_, response) => void response.end('ok'), { connections: 8 });
  const silent = Array.from({ length: 8 }, () => connect(port, '127.0.0.1').on('error', () => {}));
  onTestFinished(() => {
    for (const socket of silent) socket.destroy();
  });
  await Promise.all(silent.map((socket) => once(socket, 'connect')));
  for (let each = 0; each < 8; each++) {
    const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } });
    expect(await response.text()).toBe('ok');
  }
});

test('a full server whose connections are all busy closes a new one', async () => {
  const busy = Promise.withResolvers<ServerResponse>();
  const { port } = await start((_, response) => busy.resolve(response), { connections: 1 });
  const first = fetch(`http://127.0.0.1:${port}/`);
  const response = await busy.promise;
  await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
  response.end('ok');
  expect(await (await first).text()).toBe('ok');
});

test('a client that does not read its answer is cut', async () => {
  const cut = Promise.withResolvers<void>();
  const { port } = await start(
    (_, response) => {
      response.on('close', cut.resolve);
      response.end(Buffer.alloc(50_000_000));
    },
    { sendTimeout: 300 },
  );
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  onTestFinished(() => void socket.destroy());
  socket.pause();
  socket.write(asked('/'));
  await cut.promise;
});
