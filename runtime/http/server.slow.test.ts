import type { RequestListener, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test, vi } from 'vitest';
import { listen } from '../net/listen.ts';
import { createHttpServer, whenAllBegun } from './server.ts';

async function start(listener: RequestListener) {
  const server = createHttpServer({}, listener);
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
    expect(socket.writableLength).toBeGreaterThan(8 * flood.length); // nobody takes it
  });
  expect(begun).toBe(1);
});

test('a socket that Node has handed over may fail', async () => {
  const { server, port } = await start(() => {});
  const handed = Promise.withResolvers<void>();
  server.on('connect', (_, taken) => {
    taken.once('close', handed.resolve);
    taken.destroy(new Error('reset by whoever asked'));
  });
  connect(port, '127.0.0.1')
    .on('error', () => {})
    .write('CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n');
  await handed.promise;
});

test('an act that waits for all that was sent ahead is done when the last of it is begun', async () => {
  const done: string[] = [];
  const { port } = await start((request, response) => {
    done.push(String(request.url));
    setImmediate(() => {
      if (request.url === '/1') whenAllBegun(request.socket, () => done.push('act'));
      response.end();
    });
  });
  const socket = connect(port, '127.0.0.1');
  socket.write(asked('/1') + asked('/2'));
  await vi.waitFor(() => expect(done).toContain('act'));
  socket.destroy();
  expect(done).toEqual(['/1', '/2', 'act']);
});
