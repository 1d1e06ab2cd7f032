import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { now } from '../../otel/clock.ts';
import { listen } from '../net/listen.ts';
import { responseEndOf } from './answered.ts';

/** Asks a server whose answer is written by `answer`; resolves with when it was asked for the end, and what it said. */
async function asked(
  answer: (response: ServerResponse) => void,
  leave = false,
): Promise<{ reported: number; closed: number }> {
  const server = createServer();
  onTestFinished(() => void server.close());
  const port = await listen(server, { host: '127.0.0.1', port: 0, variable: '' });
  const socket = connect(port, '127.0.0.1').resume();
  socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  const [, response] = (await once(server, 'request')) as [unknown, ServerResponse];
  const end = responseEndOf(response);
  const over = once(response, 'close');
  answer(response);
  if (leave) socket.destroy();
  await over;
  const closed = now();
  return { reported: end(), closed };
}

test('an answer that went out whole ended when its last byte was handed over', async () => {
  let before = 0;
  let after = 0;
  const { reported } = await asked((response) => {
    before = now();
    response.end('whole');
    after = now();
  });
  expect(reported).toBeGreaterThanOrEqual(before);
  expect(reported).toBeLessThanOrEqual(after);
});

test('an answer that broke off ends when that is noticed', async () => {
  const { reported, closed } = await asked((response) => response.write('half'), true);
  expect(reported).toBeGreaterThanOrEqual(closed);
});
