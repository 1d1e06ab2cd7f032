// An attempt ends, and releases its worker, though the HTTP client (undici) refuses the request, queues it, or sends it too late.

import { AssertionError } from 'node:assert';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, BlockList } from 'node:net';
import type { Dispatcher } from 'undici';
import { afterEach, expect, test, vi } from 'vitest';
import { attempt, type Outcome } from './attempt.ts';
import { GatewayRequest } from './request.ts';
import type { Worker } from './worker.ts';

type Dispatch = (handler: Dispatcher.DispatchHandler) => void;

const servers: ReturnType<typeof createServer>[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

/** Attempts a request by a pool with this `dispatch`, and a worker with only what an attempt uses. */
async function attemptWith(dispatch: Dispatch, timeout: number) {
  const worker = {
    origin: 'http://127.0.0.1:1',
    endpoint: { host: '127.0.0.1', port: 1 },
    id: 'app-1',
    pid: 1,
    connections: {
      pool: { dispatch: (_: object, handler: Dispatcher.DispatchHandler) => dispatch(handler) },
      renew: vi.fn(),
    },
    release: vi.fn(),
  };
  const outcome = Promise.withResolvers<Outcome>();
  const listener: RequestListener = (received, response) => {
    const request = new GatewayRequest(received, response, { path: '/', host: 'x' });
    const options = { timeout, retries: 0, fault: undefined, proxies: new BlockList() };
    void attempt(request, worker as unknown as Worker, options).then((ended) => {
      outcome.resolve(ended);
      response.end();
    });
  };
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = new AbortController();
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const fetched = fetch(url, { signal: client.signal }).catch(() => undefined);
  return { worker, disconnect: () => client.abort(), outcome: outcome.promise, fetched };
}

test('a request that undici refuses: bad_request, and its worker is free again', async () => {
  const refused = new AssertionError({ message: 'idx !== -1' });
  const { outcome, worker } = await attemptWith((handler) => handler.onResponseError?.(null as never, refused), 60_000);
  expect(await outcome).toBe('bad_request');
  expect(worker.release).toHaveBeenCalledOnce();
  expect(worker.connections.renew).toHaveBeenCalledOnce();
});

test('a request that undici has queued ends at its timeout, and its worker is free again', async () => {
  const { outcome, worker } = await attemptWith(() => {}, 1);
  expect(await outcome).toBe('worker_timeout');
  expect(worker.release).toHaveBeenCalledOnce();
  expect(worker.connections.renew).toHaveBeenCalledOnce();
});

test('a request that undici has queued ends when its client closes the connection', async () => {
  const queued = Promise.withResolvers<void>();
  const { outcome, worker, disconnect } = await attemptWith(() => queued.resolve(), 60_000);
  await queued.promise;
  disconnect();
  expect(await outcome).toBe('client_gone');
  expect(worker.release).toHaveBeenCalledOnce();
});

test('a request that undici starts after the attempt has ended is aborted', async () => {
  let handler: Dispatcher.DispatchHandler = {};
  const { outcome, worker } = await attemptWith((given) => (handler = given), 1);
  await outcome;
  const abort = vi.fn();
  handler.onRequestStart?.({ abort } as never, {});
  handler.onResponseStart?.({} as never, 200, {}, 'OK');
  handler.onResponseData?.({} as never, Buffer.from('late'));
  expect(abort).toHaveBeenCalledOnce();
  expect(worker.release).toHaveBeenCalledOnce();
});

test('a closed pool is not the fault of the request: another worker may get it', async () => {
  const closed = Object.assign(new Error('The client is closed'), { code: 'UND_ERR_CLOSED' });
  const { outcome } = await attemptWith((handler) => handler.onResponseError?.(null as never, closed), 60_000);
  expect(await outcome).toBe('worker_lost');
});
