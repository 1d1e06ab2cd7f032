// The gateway: receives requests, queues them, sends them to workers; a private port shows and controls all that.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { canWarmUp } from '../../otel/warm-up.ts';
import { guarded } from '../../runtime/http/guard.ts';
import { hasBadHost, isHost } from '../../runtime/http/host.ts';
import { createHttpServer } from '../../runtime/http/server.ts';
import { createTunnels, wantsWebSocket } from '../../runtime/http/tunnel.ts';
import { listen } from '../../runtime/net/listen.ts';
import { createUnixListener, listenUnix } from '../../runtime/net/unix-socket.ts';
import { isOwnAppHost } from '../../runtime/own-app-hosts.ts';
import { closeServer } from '../../runtime/shutdown.ts';
import { warmUpServer } from '../../runtime/warm-up.ts';
import { createAppTelemetry } from './app-telemetry.ts';
import type { GatewayConfig } from './config.ts';
import { createControl } from './control.ts';
import { dispatch } from './dispatch.ts';
import { answerFailure } from './errors.ts';
import { createFaultCounter } from './faults.ts';
import { observe } from './metrics.ts';
import { createOwnAppHolder } from './own-app/control.ts';
import { WorkerPool } from './pool.ts';
import { Queue } from './queue.ts';
import { GatewayRequest, type RequestTarget } from './request.ts';
import type { Worker } from './worker.ts';

/** How long an idle connection is kept, in ms: longer than the proxy keeps it, so that the proxy closes it. */
const KEEP_ALIVE_MS = 75_000;
/** The body of a request to the learner's own app: how large it may be is the web server's to decide; a large one is kept in a file. */
const OWN_APP_BODY = { maxBody: 1_000_000_000, bodyMemory: 64 * 1024 };
/** How long the headers of a request may take to arrive, in ms. */
const HEADERS_MS = 10_000;

/** How long it waits for a free worker before it warms up, in ms: when the whole lab starts, none is up yet, and the visitor warms it up. */
const WORKER_MS = 150;
const WARM_UP_PAGES = [{ host: 'tatis.test', path: '/' }];
const WARM_UP_REQUESTS = 10;

/** The gateway as a server: `listen` resolves with both ports, `close` finishes the requests in progress. */
export function createGateway(config: GatewayConfig) {
  const settings = { ...config.settings };
  const appTelemetry = createAppTelemetry(() => pool.checkHealth());
  const pool = new WorkerPool({ ...config, settings, probeHeaders: appTelemetry.headers }, () => queue.serve());
  const queue = new Queue<Worker>(() => pool.acquire(), settings);
  observe(queue, pool);
  const nextFault = createFaultCounter(settings);
  const nextOwnFault = createFaultCounter(settings);
  const ownApp = createOwnAppHolder(config, settings);
  const ownAppConfig = { ...config, ...OWN_APP_BODY };
  const control = createControl(config, { pool, queue, settings, ownApp, appTelemetry });

  const timeouts = {
    keepAliveTimeout: KEEP_ALIVE_MS,
    headersTimeout: HEADERS_MS,
    requestTimeout: HEADERS_MS + config.bodyTimeout, // for a body that is not read
    connectionsCheckingInterval: 1000,
    shouldUpgradeCallback: (request: IncomingMessage) => isOwnAppHost(request.headers.host) && wantsWebSocket(request),
  };
  const server = createHttpServer(timeouts, (received, response) => {
    const target = targetOf(received);
    if (target?.path === '/healthz' && !isOwnAppHost(target.host)) return health(received, response);
    if (hasBadHost(received)) return answerFailure(response, 'bad_host');
    if (target === undefined) return answerFailure(response, 'bad_target');
    if (isOwnAppHost(target.host)) return forwardToOwnApp(received, response, target);
    const request = new GatewayRequest(received, response, target);
    void request.serverSpan.run(() => dispatch(request, { config, queue, settings, nextFault }));
  });

  function forwardToOwnApp(received: IncomingMessage, response: ServerResponse, target: RequestTarget): void {
    const { app } = ownApp;
    const request = new GatewayRequest(received, response, target);
    void request.serverSpan.run(async () => {
      if (app === undefined) return request.fail('app_unset');
      await app.checked; // until then it is not known which names it accepts
      request.host = app.hosts.sent(target.host ?? '');
      const nextFault = () => (app.config.program ? endingFault(nextOwnFault()) : undefined);
      return dispatch(request, { config: ownAppConfig, queue: app.queue, settings, nextFault });
    });
  }

  const unixListener = createUnixListener(server);
  const tunnels = createTunnels();
  server.on('upgrade', (request: IncomingMessage, socket, first) => {
    const { app } = ownApp;
    if (hasBadHost(request) || app === undefined) return void socket.destroy();
    tunnels.pass(request, socket, first, app.config.endpoint, { host: app.hosts.sent(request.headers.host ?? '') });
  });

  const health = guarded((_, response) => response.writeHead(200, { 'content-type': 'text/plain' }).end('ok\n'), {
    hosts: config.allowedHosts,
  });

  /** Answers requests of its own, once a worker is free. */
  async function warmUp(): Promise<void> {
    if (!canWarmUp()) return;
    const until = performance.now() + WORKER_MS;
    const isReady = () => pool.workers.some(({ isFree }) => isFree);
    while (!isReady() && performance.now() < until) await delay(10);
    const accept = (socket: Socket) => server.emit('connection', socket);
    if (isReady()) await warmUpServer({ accept, pages: WARM_UP_PAGES, times: WARM_UP_REQUESTS });
  }

  return {
    async listen(): Promise<{ port: number; controlPort: number }> {
      const controlPort = await control.listen();
      await ownApp.restore();
      await warmUp();
      const port = await listen(server, config.listening);
      await listenUnix(unixListener, config.sockets, port);
      return { port, controlPort };
    },
    async close(): Promise<void> {
      tunnels.close();
      await closeServer(server, unixListener);
      await Promise.all([pool.close(), control.close(), ownApp.close()]);
    },
  };
}

/** An app that the lab has not written can be ended, and that is all. */
function endingFault(fault: string | undefined): string | undefined {
  return fault === 'crash' || fault === 'kill' ? fault : undefined;
}

/** The target of a request: the host of an absolute URL overrides Host (RFC 9112, 3.2.2). Undefined if it is malformed. */
function targetOf({ url = '', headers }: IncomingMessage): RequestTarget | undefined {
  if (url.startsWith('/')) return { path: url, host: headers.host };
  const [, host = '', rest = ''] = /^http:\/\/([^/?#]*)([^#]*)$/i.exec(url) ?? [];
  return isHost(host) ? { path: rest.startsWith('/') ? rest : `/${rest}`, host } : undefined;
}
