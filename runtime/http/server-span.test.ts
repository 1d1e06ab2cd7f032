import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { SpanStatusCode } from '@opentelemetry/api';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { gateway } from '../../otel/contract/index.ts';
import { recordSpans } from '../../tests/support/otel.ts';
import { listen } from '../net/listen.ts';
import { createHttpServer } from './server.ts';
import { openServerSpan, type ServerSpan } from './server-span.ts';

const recorded = recordSpans();
afterEach(() => recorded.clear());

type Exchange = {
  request: IncomingMessage;
  response: ServerResponse;
  span: ServerSpan<typeof gateway.server>;
  socket: Socket;
};

/** Sends a request; resolves with both of its ends, once its span is open. */
async function received(fields = ''): Promise<Exchange> {
  const opened = Promise.withResolvers<Omit<Exchange, 'socket'>>();
  const server = createHttpServer({}, (request, response) => {
    const span = openServerSpan(gateway.server, request, response, { words: { method: 'GET' } });
    opened.resolve({ request, response, span });
  });
  onTestFinished(() => void server.close());
  const port = await listen(server, { host: '127.0.0.1', port: 0, variable: '' });
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  socket.write(`GET /a?b HTTP/1.1\r\nHost: tatis.test\r\nConnection: close\r\n${fields}\r\n`);
  return { ...(await opened.promise), socket };
}

const ended = () => vi.waitFor(() => recorded.all()[0] ?? expect.fail());

test('a response that goes out whole ends the span, with its status and both heads as they were written', async () => {
  const { response, socket } = await received('Cookie: sessionid=0123456789\r\n');
  const answer = text(socket);
  response.writeHead(200, { 'Content-Length': 2, 'Set-Cookie': ['a=123456; Path=/', 'b=1'] }).end('ok');
  const written = (await answer).replace(/ok$/, '').replace('123456', '1234…');
  const { attributes, status } = await ended();
  expect(status.code).toBe(SpanStatusCode.UNSET);
  expect(attributes).toMatchObject({
    'http.request.method': 'GET',
    'url.scheme': 'http',
    'http.response.status_code': 200,
    'waybill.http.request.head':
      'GET /a?b HTTP/1.1\r\nHost: tatis.test\r\nConnection: close\r\nCookie: sessionid=0123…\r\n\r\n',
    'waybill.http.response.head': written,
  });
});

test('it continues the trace that the request carries', async () => {
  const { response } = await received('traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n');
  response.end();
  expect((await ended()).parentSpanContext).toMatchObject({ spanId: 'b7ad6b7169203331' });
});

test('a status from 500 on is an error; a reason that was given before says more', async () => {
  const one = await received();
  one.response.writeHead(503).end();
  expect((await ended()).attributes['error.type']).toBe('503');
  recorded.clear();
  const other = await received();
  other.span.fail('the_reason');
  other.span.fail('another');
  other.response.writeHead(500).end();
  expect((await ended()).attributes['error.type']).toBe('the_reason');
});

test('a client that goes: the signal says so, and the span ends when what is done for it has ended', async () => {
  const { response, span, socket } = await received();
  const done: string[] = [];
  const work = Promise.withResolvers<void>();
  const working = span.run(() => work.promise);
  span.signal.addEventListener('abort', () => done.push('aborted'));
  socket.destroy();
  await once(response, 'close');
  expect([done, span.isOver, recorded.all()]).toEqual([['aborted'], true, []]);
  work.resolve();
  await working;
  const { attributes } = await ended();
  expect(attributes['error.type']).toBe('client_gone');
  expect(attributes).not.toHaveProperty('http.response.status_code');
});

test('a signal that is requested later is aborted at once', async () => {
  const { response, span, socket } = await received();
  socket.destroy();
  await once(response, 'close');
  expect(span.signal.aborted).toBe(true);
});

test('a response that breaks off keeps its status', async () => {
  const { response } = await received();
  response.writeHead(200, { 'content-length': 10 }).write('half');
  response.destroy();
  expect((await ended()).attributes).toMatchObject({ 'http.response.status_code': 200, 'error.type': 'client_gone' });
});

test('a step that fails ends the span', async () => {
  const { response, span } = await received();
  response.end();
  await expect(span.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await ended();
});
