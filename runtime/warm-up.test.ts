import { createServer, type IncomingMessage } from 'node:http';
import { expect, test, vi } from 'vitest';
import { createWarmUpSampler } from '../otel/warm-up.ts';
import { isListening, warmUp, warmUpServer } from './warm-up.ts';

test('without the sampler that keeps its spans from being exported, nothing is warmed up', async () => {
  const act = vi.fn(async () => {});
  await warmUp(3, act);
  expect(act).not.toHaveBeenCalled();
});

test('a process warms up by the number of times, and a failure ends it without an error', async () => {
  createWarmUpSampler();
  const act = vi.fn(async (done: number) => {
    if (done === 2) throw new Error('no worker');
  });
  await warmUp(2, act);
  expect(act).toHaveBeenCalledTimes(2);
  await warmUp(9, act);
  expect(act).toHaveBeenCalledTimes(2 + 3);
});

test('an act that does not end delays the start by a quarter of a second, not longer', async () => {
  createWarmUpSampler();
  await warmUp(3, () => new Promise(() => {}));
});

test('a server that does not listen yet gets the requests', async () => {
  createWarmUpSampler();
  const received: string[] = [];
  const server = createServer(({ headers: { host }, url }: IncomingMessage, response) => {
    received.push(`${host}${url}`);
    response.end('ok');
  });
  const pages = ['/', '/letters/Ola/'].map((path) => ({ host: 'tatis.test', path }));
  await warmUpServer({ accept: (socket) => server.emit('connection', socket), pages, times: 3 });
  expect(received).toEqual(['tatis.test/', 'tatis.test/letters/Ola/', 'tatis.test/']);
});

test('a port without a listener is found at once', async () => {
  expect(await isListening({ host: '127.0.0.1', port: 9 })).toBe(false);
});
