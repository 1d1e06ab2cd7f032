// While the framework and the site are read, which on a slow machine takes long: says at the worker's port that it is starting,
// so that the gateway waits for it; and when that fails, so that the gateway does not.

import { setTimeout as delay } from 'node:timers/promises';
import { guarded } from '../../../runtime/http/guard.ts';
import { createHttpServer } from '../../../runtime/http/server.ts';
import { type Listening, listenError } from '../../../runtime/net/listen.ts';

/** How long a worker that has failed to start says so, in ms: the gateway asks every 50 ms, and gives up an answer after a second. */
const FAILED_MS = 1000;

type Starting = { listening: Listening; id: string; allowedHosts: readonly string[]; release: string | null };

/**
 * Runs `start` while GET /healthz is answered with 503 and `starting`; then the port is free again. What `start` throws is
 * thrown again, after a second in which `failed` is answered. Rejects with an Error when the port cannot be had.
 */
export async function whileStarting<T>(
  { listening, id, allowedHosts, release }: Starting,
  start: () => Promise<T>,
): Promise<T> {
  const health = { worker: id, pid: process.pid, started: Math.round(performance.timeOrigin), release, starting: true };
  let failed = false;
  const server = createHttpServer(
    {},
    guarded(
      (_, response) => {
        response.writeHead(503, { 'content-type': 'application/json' });
        response.end(`${JSON.stringify({ ...health, failed })}\n`);
      },
      { hosts: allowedHosts },
    ),
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(listenError(error, listening)));
    server.listen(listening.port, listening.host, resolve);
  });
  try {
    return await start();
  } catch (error) {
    failed = true;
    await delay(FAILED_MS);
    throw error;
  } finally {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }
}
