// While the framework and the site are read, which on a slow machine takes long: says at the worker's port that it is starting,
// so that the gateway waits for it, and can tell a slow start from one that fails again and again.

import { guarded } from '../../../runtime/http/guard.ts';
import { createHttpServer } from '../../../runtime/http/server.ts';
import { type Listening, listenError } from '../../../runtime/net/listen.ts';

type Starting = { listening: Listening; id: string; allowedHosts: readonly string[]; release: string | null };

/** Answers GET /healthz with 503 and `starting`. Resolves with how to free the port; rejects with an Error when it cannot be had. */
export async function announceStart({ listening, id, allowedHosts, release }: Starting): Promise<() => Promise<void>> {
  const started = Math.round(performance.timeOrigin);
  const body = `${JSON.stringify({ worker: id, pid: process.pid, started, release, starting: true })}\n`;
  const server = createHttpServer(
    {},
    guarded((_, response) => response.writeHead(503, { 'content-type': 'application/json' }).end(body), {
      hosts: allowedHosts,
    }),
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(listenError(error, listening)));
    server.listen(listening.port, listening.host, resolve);
  });
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
}
