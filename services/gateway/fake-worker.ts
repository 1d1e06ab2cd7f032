// For tests: a worker that does as it is told, on a free port.

import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export type FakeWorker = { port: number; server: Server; close: () => void };

/** Starts one named `worker`; `answer` handles all but GET /healthz. */
export async function startWorker(worker: string, answer: RequestListener, port = 0): Promise<FakeWorker> {
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    if (request.url !== '/healthz') answer(request, response);
    else response.end(JSON.stringify({ worker, pid: process.pid }));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { port: (server.address() as AddressInfo).port, server, close };
}
