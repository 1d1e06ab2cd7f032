import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterEach, expect, test, vi } from 'vitest';
import { hello, startWorker } from '../../tests/support/gateway/gateway.ts';
import { WorkerPool } from './pool.ts';

const SOON = { interval: 20, timeout: 5000 };
let addresses: string[] = [];
const closes: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closes.splice(0).reverse()) await close();
});

/** A worker at that address, which its name leads to until it ends. */
async function join(worker: string, address: string, port = 0) {
  const started = await startWorker(worker, hello, port, address);
  closes.push(started.close);
  addresses.push(address);
  void started.ended.then(() => {
    addresses = addresses.filter((each) => each !== address);
  });
  return started;
}

/** The pool of those whom the name "app" leads to, once all of them are up. */
async function poolAt(port: number) {
  const config = { workerAddresses: [{ host: 'app', port }], workerConcurrency: 1, settings: { workers: 99 } };
  const ask = async () => (addresses.length > 0 ? addresses : Promise.reject(new Error('ENOTFOUND')));
  const pool = new WorkerPool(config, () => {}, ask);
  closes.push(() => pool.close());
  const up = () => pool.workers.filter(({ state }) => state === 'idle').map(({ id }) => id);
  await vi.waitFor(() => expect(up()).toHaveLength(addresses.length), SOON);
  return { pool, up };
}

test('workers come and go with the addresses of their name', async () => {
  addresses = [];
  const first = await join('first', '127.0.0.1');
  const { up } = await poolAt(first.port);
  const second = await join('second', '127.0.0.2', first.port);
  await vi.waitFor(() => expect(up()).toEqual(['first', 'second']), SOON);
  first.close();
  await vi.waitFor(() => expect(up()).toEqual(['second']), SOON);
  await join('third', '127.0.0.3', first.port);
  await vi.waitFor(() => expect(up()).toEqual(['second', 'third']), SOON);
  second.close();
  await vi.waitFor(() => expect(up()).toEqual(['third']), SOON);
});

test('workers are replaced though their name leads to nobody in between, or to another address', async () => {
  addresses = [];
  const first = await join('first', '127.0.0.1');
  const second = await join('second', '127.0.0.2', first.port);
  const { pool, up } = await poolAt(first.port);
  const reloaded = pool.reload();
  await first.ended;
  await vi.waitFor(() => expect(pool.workers.map(({ id }) => id)).toEqual(['second']), SOON);
  await join('first', '127.0.0.1', first.port);
  await second.ended;
  await join('third', '127.0.0.3', first.port);
  expect(await reloaded).toEqual({ replaced: ['first', 'second'] });
  expect(up()).toEqual(['first', 'third']);
});

/** A worker's process that says that it is starting, or that this failed; it ends when asked. */
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
  await vi.waitFor(() => expect(state()).toBe('starting'), SOON);
  await end();
  await join('first', '127.0.0.1', first.port);
  expect(await reloaded).toEqual({ replaced: ['first'] });
});

test('a worker whose processes fail to start is given up after the third', async () => {
  addresses = [];
  const first = await join('first', '127.0.0.1');
  const { pool } = await poolAt(first.port);
  const worker = pool.workers[0];
  const reloaded = pool.reload();
  const failure = expect(reloaded).rejects.toThrow('first has failed to start 3 times; its log says why');
  await first.ended;
  addresses = ['127.0.0.1'];
  for (const pid of [1, 2, 3, 4]) {
    const end = await startProcess(pid, first.port, true);
    await vi.waitFor(() => expect(worker?.pid).toBe(pid), SOON);
    await end();
  }
  await failure;
});
