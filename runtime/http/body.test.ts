import { globSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { listen } from '../net/listen.ts';
import { type BodyBounds, readBody } from './body.ts';
import { createHttpServer } from './server.ts';

/** Sends `head` to a server; resolves with the request as it has it, the response, and the socket to send the body by. */
async function received(head: string): Promise<[IncomingMessage, ServerResponse, Socket]> {
  const asked = Promise.withResolvers<[IncomingMessage, ServerResponse]>();
  const server = createHttpServer({}, (...exchange) => asked.resolve(exchange));
  const port = await listen(server, { host: '127.0.0.1', port: 0, variable: '' });
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  onTestFinished(() => {
    socket.destroy();
    server.closeAllConnections();
    server.close();
  });
  socket.write(`POST / HTTP/1.1\r\nHost: a\r\n${head}\r\n\r\n`);
  return [...(await asked.promise), socket];
}

const files = () => globSync(join(tmpdir(), 'waybill-body-*'));

/** What comes of a body that is sent in `pieces`. */
async function read(head: string, pieces: string[], bounds: BodyBounds) {
  const [request, response, socket] = await received(head);
  const reading = readBody(request, response, bounds);
  for (const piece of pieces) socket.write(piece);
  const body = await reading;
  if (typeof body !== 'object') return body;
  return { size: body.size, kept: body.kept, text: await text(body.stream()), files: files() };
}

const CHUNKED = 'Transfer-Encoding: chunked';

test('a request without a body has none', async () => {
  expect(await read('X: y', [], { max: 10 })).toBeUndefined();
  expect(await read('Content-Length: 0', [], { max: 10 })).toBeUndefined();
});

test.each([
  ['of known length', 'Content-Length: 8', ['half', 'half']],
  ['in chunks', CHUNKED, ['4\r\nhalf\r\n', '4\r\nhalf\r\n0\r\n\r\n']],
])('a body %s, in memory', async (_, head, pieces) => {
  expect(await read(head, pieces, { max: 8 })).toEqual({ size: 8, kept: 'memory', text: 'halfhalf', files: [] });
});

test('a longer one is kept in a file without a name', async () => {
  const body = await read('Content-Length: 12', ['one ', 'two ', 'file'], { max: 12, memory: 5 });
  expect(body).toEqual({ size: 12, kept: 'file', text: 'one two file', files: [] });
});

test.each([
  ['says so', 'Content-Length: 9', []],
  ['does not', CHUNKED, ['5\r\n12345\r\n', '4\r\n6789\r\n']],
])('one that is too large and %s', async (_, head, pieces) => {
  expect(await read(head, pieces, { max: 8 })).toBe('too_large');
});

test.each([
  ['no more bytes', 'Content-Length: 9', ['1234']],
  ['a last chunk that never comes', CHUNKED, ['4\r\n1234\r\n']],
])('too slow: %s', async (_, head, pieces) => {
  expect(await read(head, pieces, { max: 10, time: 20 })).toBe('too_slow');
});

test.each([
  ['is closed', 'Content-Length: 9', (socket: Socket) => socket.end('1234')],
  ['is reset', 'Content-Length: 9', (socket: Socket) => socket.write('1234', () => socket.resetAndDestroy())],
  ['has a bad chunk', CHUNKED, (socket: Socket) => socket.write('4\r\n1234\r\nxyz\r\n')],
])('broken: the connection %s', async (_, head, act) => {
  const [request, response, socket] = await received(head);
  const reading = readBody(request, response, { max: 100 });
  act(socket);
  expect(await reading).toBe('broken');
});

test('a client that expects 100-continue gets it, unless its body will be too large', async () => {
  const firstAnswer = async (length: number) => {
    const [request, response, socket] = await received(`Expect: 100-continue\r\nContent-Length: ${length}`);
    const answer = text(socket);
    socket.once('data', () => socket.write('0123456789'));
    const body = await readBody(request, response, { max: 10 });
    response.writeHead(200, { connection: 'close' }).end();
    return [typeof body, (await answer).split('\r\n', 1)[0]];
  };
  expect(await firstAnswer(10)).toEqual(['object', 'HTTP/1.1 100 Continue']);
  expect(await firstAnswer(11)).toEqual(['string', 'HTTP/1.1 200 OK']);
});
