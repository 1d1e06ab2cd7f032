// The app server's side of a worker: takes requests from the gateway, refuses those out of bounds, and ends in order.
// GET /healthz says who it is, how many requests it has in hand, and whether it is about to end; it leaves no span.
// A request may come by any Host: the framework decides. Orders, and GET /healthz, are for the gateway alone: no page that
// a browser shows may give them (runtime/http/guard.ts).

import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { COMMAND_HEADER } from '../../../otel/propagation/http.ts';
import { expectsContinue } from '../../../runtime/http/body.ts';
import { guarded, hostRefusal } from '../../../runtime/http/guard.ts';
import { hasBody } from '../../../runtime/http/headers.ts';
import { hasBadHost } from '../../../runtime/http/host.ts';
import { endAndLinger } from '../../../runtime/http/linger.ts';
import { createHttpServer } from '../../../runtime/http/server.ts';
import { log } from '../../../runtime/log.ts';
import { type Listening, listen } from '../../../runtime/net/listen.ts';
import { closeServer } from '../../../runtime/shutdown.ts';
import type { WorkerConfig } from './config.ts';
import { injectFault } from './faults.ts';
import { startWatchdog } from './watchdog.ts';

/** When it ends, how long it waits until the gateway has heard of it, and for a request sent just before that, in ms. */
const TELL = 300;
const CROSSING = 50;
/** The gateway sends only what is whole already; whoever else asks has so long, in ms. */
const WHOLE_WITHIN = { headersTimeout: 5000, requestTimeout: 10_000, connectionsCheckingInterval: 1000 };
/** How long somebody may go on with a request whose client is gone, in ms; then the worker makes room for another. */
const ABANDONED = 1000;

/** Answers one request; a promise is waited for before the worker counts as free. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

/**
 * Where it listens, its name (service.instance.id says it too), how many bytes a body may have, by which names it may be
 * asked how it is, and those of the sites.
 */
type Place = {
  listening: Listening;
  id: string;
  maxBody: number;
  allowedHosts: readonly string[];
  siteHosts: readonly string[];
  /** The release of the site that it runs; null for the working tree. */
  release: string | null;
};

/** A worker whose requests `answer` handles: `listen` resolves with the port, `close` finishes what is in hand. */
export function createWorkerServer(answer: Answer, config: WorkerConfig & Place) {
  const { listening, id, release, maxHeaders, maxBody, watchdogTimeout, allowedHosts, siteHosts } = config;
  const lifetime = config.maxRequests
    ? config.maxRequests + Math.round(Math.random() * config.maxRequestsJitter)
    : Number.POSITIVE_INFINITY;
  let inHand = 0;
  let taken = 0;
  let isDraining = false;
  let told = () => {};
  let stopWatchdog: () => Promise<unknown> = async () => {};

  // Only the gateway closes an idle connection: closed from here, it could be just when the next request is sent.
  const server = createHttpServer({ ...WHOLE_WITHIN, keepAliveTimeout: 0 }, (request, response) => {
    if (request.url === '/healthz') return health(request, response);
    if (hasBadHost(request)) return refuse(response, 400, 'The Host header is malformed.');
    if (request.rawHeaders.length / 2 > maxHeaders) return refuse(response, 431, 'The request has too many headers.');
    if (Number(request.headers['content-length']) > maxBody) return refuse(response, 413, 'The body is too long.');
    if (expectsContinue(request)) response.writeContinue();
    void handle(request, response);
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    inHand += 1;
    taken += 1;
    if (taken === lifetime) makeRoom(`it has answered ${taken} requests`);
    // Told with the answer, so that the gateway asks how it is before it sends the next.
    if (isDraining || taken >= lifetime) response.setHeader('connection', 'close');
    let overdue: NodeJS.Timeout | undefined;
    const closed = new Promise<void>((resolve) => {
      response.once('close', () => {
        if (!response.writableFinished)
          overdue = setTimeout(() => makeRoom('its client is gone, it goes on'), ABANDONED);
        resolve();
      });
    });
    const answered = answer(request, response);
    const fault = request.headers[COMMAND_HEADER];
    if (fault !== undefined && !hostRefusal(request, siteHosts)) injectFault(fault);
    await answered;
    await closed;
    clearTimeout(overdue);
    inHand -= 1;
  }

  function makeRoom(why: string): void {
    log.info({ why }, 'this worker makes room for another');
    process.kill(process.pid, 'SIGTERM');
  }

  const health = guarded(
    (request, response) => {
      if (request.headers[COMMAND_HEADER] === 'end' && !isDraining) process.kill(process.pid, 'SIGTERM');
      const started = Math.round(performance.timeOrigin);
      const body = JSON.stringify({ worker: id, pid: process.pid, started, release, inHand, draining: isDraining });
      response.writeHead(200, { 'content-type': 'application/json' }).end(`${body}\n`, isDraining ? told : undefined);
    },
    { hosts: allowedHosts },
  );

  function cut(): void {
    server.close();
    server.closeAllConnections();
  }

  return {
    async listen(): Promise<number> {
      const port = await listen(server, listening);
      stopWatchdog = startWatchdog(watchdogTimeout);
      process.on('uncaughtExceptionMonitor', cut); // a worker that crashes finishes nothing: let the gateway know at once
      return port;
    },
    async close(): Promise<void> {
      isDraining = true;
      if ((await promisify(server.getConnections.bind(server))()) > 0) {
        await Promise.race([new Promise<void>((resolve) => (told = resolve)), delay(TELL)]);
        await delay(CROSSING);
      }
      await closeServer(server);
      await stopWatchdog();
      process.off('uncaughtExceptionMonitor', cut);
    },
  };
}

function refuse(response: ServerResponse, status: number, message: string): void {
  const body = `${message}\n`;
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  });
  if (hasBody(response.req.headers)) endAndLinger(response, body);
  else response.end(body);
}
