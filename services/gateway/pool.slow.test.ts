import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterEach, expect, test, vi } from 'vitest';
import { hello, startWorker } from '../../tests/support/gateway/gateway.ts';
import { WorkerPool } from './pool.ts';

const WAIT = { interval: 20 };
let addresses: string[] = [];
const closes: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closes.splice(0).reverse()) await close();
});

/** A worker at that address, which its name resolves to until it ends. */
async function join(worker: string, address: string, port = 0) {
  const started = await startWorker(worker, hello, port, address);
  closes.push(started.close);
  addresses.push(address);
  void started.ended.then(() => {
    addresses = addresses.filter((each) => each !== address);
  });
  return started;
}

/** The pool of the workers that the name "app" resolves to, once all of them are up. */
async function poolAt(port: number, silenceMs?: number) {
  const config = { workerAddresses: [{ host: 'app', port }], workerConcurrency: 1, settings: { workers: 99 } };
  const resolve = async () => (addresses.length > 0 ? addresses : Promise.reject(new Error('ENOTFOUND')));
  const pool = new WorkerPool(config, () => {}, resolve, silenceMs);
  closes.push(() => pool.close());
  const up = () => pool.workers.filter(({ state }) => state === 'idle').map(({ id }) => id);
  await vi.waitFor(() => expect(up()).toHaveLength(addresses.length), WAIT);
  return { pool, up };
}

test('workers come and go with the addresses of their name', async () => {
  addresses = [];
  const first = await join('first', '127.0.0.1');
  const { up } = await poolAt(first.port);
  const second = await join('second', '127.0.0.2', first.port);
  await vi.waitFor(() => expect(up()).toEqual(['first', 'second']), WAIT);
  first.close();
  await vi.waitFor(() => expect(up()).toEqual(['second']), WAIT);
  await join('third', '127.0.0.3', first.port);
  await vi.waitFor(() => expect(up()).toEqual(['second', 'third']), WAIT);
  second.close();
  await vi.waitFor(() => expect(up()).toEqual(['third']), WAIT);
});

test('workers are restarted though their name does not resolve in between, or to another address', async () => {
  addresses = [];
  const first = await join('first', '127.0.0.1');
  const second = await join('second', '127.0.0.2', first.port);
  const { pool, up } = await poolAt(first.port);
  const reloaded = pool.reload();
  await first.ended;
  await vi.waitFor(() => expect(pool.workers.map(({ id }) => id)).toEqual(['second']), WAIT);
  await join('first', '127.0.0.1', first.port);
  await second.ended;
  await join('third', '127.0.0.3', first.port);
  expect(await reloaded).toEqual({ replaced: ['first', 'second'] });
  expect(up()).toEqual(['first', 'third']);
});

/** A worker's process that reports that it is starting, or that this has failed; returns how to end it. */
async function startProcess(pid: number, port: number, failed = false) {
  const server = createServer((_, response) => {
    const health = { worker: 'first', pid, started: pid, starting: true, failed };
    response.writeHead(503).end(JSON.stringify(health));
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  const end = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return end;
}

test('a worker that is starting is waited for, by that state', async () => {
  addresses = [];
  const first = await join('first', '127.0.0.1');
  const { pool } = await poolAt(first.port);
  const state = () => pool.workers[0]?.state;
  const reloaded = pool.reload();
  await first.ended;
  addresses = ['127.0.0.1'];
  const end = await startProcess(1, first.port);
  await vi.waitFor(() => expect(state()).toBe('starting'), WAIT);
  await end();
  await join('first', '127.0.0.1', first.port);
  expect(await reloaded).toEqual({ replaced: ['first'] });
});

test('a restart fails after three processes that failed to start', async () => {
  addresses = [];
  const first = await join('first', '127.0.0.1');
  const { pool } = await poolAt(first.port);
  const worker = pool.workers[0];
  const reloaded = pool.reload();
  const failure = expect(reloaded).rejects.toThrow('first failed to start 3 times. Its log says why.');
  await first.ended;
  addresses = ['127.0.0.1'];
  for (const pid of [1, 2, 3, 4]) {
    const end = await startProcess(pid, first.port, true);
    await vi.waitFor(() => expect(worker?.pid).toBe(pid), WAIT);
    await end();
  }
  await failure;
});

test('a restart fails when the next process reports that it is starting, then stops answering', async () => {
  addresses = [];
  const first = await join('first', '127.0.0.1');
  const { pool } = await poolAt(first.port, 3000);
  const reloaded = pool.reload();
  const failure = expect(reloaded).rejects.toThrow(
    'first was not restarted: no sign of it for 3 s. Its log may say why.',
  );
  await first.ended;
  addresses = ['127.0.0.1'];
  let reports = 0;
  const server = createServer((_, response) => {
    if (reports++ > 0) return; // as after SIGSTOP
    response.writeHead(503).end(JSON.stringify({ worker: 'first', pid: 1, started: 1, starting: true }));
  }).listen(first.port, '127.0.0.1');
  closes.push(() => server.close().closeAllConnections());
  await failure;
});
