// For tests: workers whose answers a test chooses, a gateway before them on free ports, and its spans.

import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SpanKind } from '@opentelemetry/api';
import { expect, vi } from 'vitest';
import { COMMAND_HEADER } from '../../../otel/propagation/http.ts';
import type { GatewayConfig, Settings } from '../../../services/gateway/config.ts';
import { networks } from '../../../services/gateway/forwarded.ts';
import { createGateway } from '../../../services/gateway/server.ts';
import { childrenOf, type Recorded } from '../otel.ts';

export type Table = {
  queue: number;
  workers: { worker: string; pid: number; state: string; served: number; inHand: number }[];
};

/** Starts a worker of that name, on a free port unless one is given; `answer` handles all but GET /healthz. It ends on command. */
export async function startWorker(worker: string, answer: RequestListener, port = 0, host = '127.0.0.1') {
  const started = performance.now();
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    if (request.url !== '/healthz') answer(request, response);
    else response.end(JSON.stringify({ worker, pid: process.pid, started }));
    if (request.headers[COMMAND_HEADER] === 'end') response.on('close', close);
  });
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { port: (server.address() as AddressInfo).port, ended: once(server, 'close'), close };
}

/** Starts a gateway before the workers at `ports`, once all of them are idle. */
export async function startGateway(
  ports: number[],
  settings: Partial<Settings> = {},
  bounds: Partial<GatewayConfig> = {},
) {
  const gateway = createGateway({
    listening: { host: '127.0.0.1', port: 0, variable: '' },
    control: { host: '127.0.0.1', port: 0, variable: '' },
    allowedHosts: [],
    sockets: '',
    workerAddresses: ports.map((port) => ({ host: '127.0.0.1', port })),
    workerConcurrency: 1,
    maxBody: 64 * 1024,
    bodyTimeout: 2000,
    proxies: networks('127.0.0.1'),
    ownApp: undefined,
    ownAppFile: '',
    ownPorts: new Map(),
    ...bounds,
    settings: {
      workers: 99,
      queueDepth: 10,
      queueWait: 5000,
      timeout: 2000,
      fault: 'none',
      faultEvery: 1,
      ...settings,
    },
  });
  const { port, controlPort } = await gateway.listen();
  const table = async () => (await fetch(`http://127.0.0.1:${controlPort}/workers`)).json() as Promise<Table>;
  const states = async () => (await table()).workers.map(({ state }) => state);
  await vi.waitFor(async () => expect(await states()).toEqual(ports.map(() => 'idle')), { interval: 10 });
  return { url: `http://127.0.0.1:${port}`, port, controlPort, table, states, close: gateway.close };
}

/** Starts a gateway before workers `app-1`, `app-2` …, one for each of `answers`; `close` ends all of them. */
export async function startPool(
  answers: RequestListener[],
  settings: Partial<Settings> = {},
  bounds: Partial<GatewayConfig> = {},
) {
  const workers = await Promise.all(answers.map((answer, index) => startWorker(`app-${index + 1}`, answer)));
  const gateway = await startGateway(
    workers.map(({ port }) => port),
    settings,
    bounds,
  );
  const close = async () => {
    await gateway.close();
    for (const worker of workers) worker.close();
  };
  return { ...gateway, close };
}

/** Answers with a word. */
export const hello: RequestListener = (_, response) => response.setHeader('content-length', 5).end('hello');

/** The attributes of the gateway's spans of the first request, once there are those of `count` requests. */
export async function tracedRequest(recorded: Recorded, count = 1) {
  const [server = expect.fail()] = await vi.waitFor(() => {
    const servers = recorded.all().filter(({ kind }) => kind === SpanKind.SERVER);
    expect(servers).toHaveLength(count);
    return servers;
  });
  const below = childrenOf(server, recorded.all());
  return {
    server: server.attributes,
    queues: below.filter(({ name }) => name === 'queue').map(({ attributes }) => attributes),
    attempts: below.filter(({ kind }) => kind === SpanKind.CLIENT).map(({ attributes }) => attributes),
  };
}
