// The gateway: where requests come in, the queue, the pool of workers, and a private port to look at both.

import type { IncomingMessage } from 'node:http';
import { guarded } from '../../runtime/http/guard.ts';
import { hasBadHost, isHost } from '../../runtime/http/host.ts';
import { createHttpServer } from '../../runtime/http/server.ts';
import { listen } from '../../runtime/net/listen.ts';
import { closeServer } from '../../runtime/shutdown.ts';
import type { GatewayConfig } from './config.ts';
import { createControl } from './control.ts';
import { dispatch } from './dispatch.ts';
import { answerFailure } from './errors.ts';
import { countFaults } from './faults.ts';
import { observe } from './metrics.ts';
import { WorkerPool } from './pool.ts';
import { Queue } from './queue.ts';
import { GatewayRequest, type Target } from './request.ts';
import type { Worker } from './worker.ts';

/** How long an idle connection is kept, in ms: longer than the proxy keeps it, so that it is the proxy that closes it. */
const KEEP_ALIVE = 75_000;
/** How long the headers of a request may take to arrive, in ms. */
const HEADERS = 10_000;

/** The gateway as a server: `listen` resolves with both ports, `close` finishes the requests in hand. */
export function createGateway(config: GatewayConfig) {
  const { listening, maxRetries, proxies, maxBody, bodyTimeout } = config;
  const settings = { ...config.settings };
  const pool = new WorkerPool({ ...config, settings }, () => queue.serve());
  const queue = new Queue<Worker>(() => pool.acquire(), settings);
  observe(queue, pool);
  const nextFault = countFaults(settings);
  const control = createControl(config, { pool, queue, settings });

  const bounds = { max: maxBody, time: bodyTimeout };
  const times = {
    keepAliveTimeout: KEEP_ALIVE,
    headersTimeout: HEADERS,
    requestTimeout: HEADERS + bodyTimeout, // should the body not even be read
    connectionsCheckingInterval: 1000,
  };
  const receive = (request: GatewayRequest) =>
    void request.run(() => dispatch(request, { queue, settings, maxRetries, proxies, bounds, nextFault }));
  const server = createHttpServer(times, (request, response) => {
    const target = targetOf(request);
    if (target?.path === '/healthz') health(request, response);
    else if (hasBadHost(request)) answerFailure(response, 'bad_host');
    else if (target === undefined) answerFailure(response, 'bad_target');
    else receive(new GatewayRequest(request, response, target));
  });

  const health = guarded((_, response) => response.writeHead(200, { 'content-type': 'text/plain' }).end('ok\n'), {
    hosts: config.allowedHosts,
  });

  return {
    async listen(): Promise<{ port: number; controlPort: number }> {
      const controlPort = await control.listen();
      return { port: await listen(server, listening), controlPort };
    },
    async close(): Promise<void> {
      await closeServer(server);
      await Promise.all([pool.close(), control.close()]);
    },
  };
}

/** Where a request goes: an absolute address takes the place of Host (RFC 9112, 3.2.2). Undefined where it is no address of a site. */
function targetOf({ url = '', headers }: IncomingMessage): Target | undefined {
  if (url.startsWith('/')) return { path: url, host: headers.host };
  const [, host = '', rest = ''] = /^http:\/\/([^/?#]*)([^#]*)$/i.exec(url) ?? [];
  return isHost(host) ? { path: rest.startsWith('/') ? rest : `/${rest}`, host } : undefined;
}
