// The app server's side of a worker: receives requests from the gateway, refuses those out of bounds, and ends in order.
//
//   listening, starting ─▶ site loaded, answering ─▶ draining ─▶ closed
//        └─ load failed: reported for a second, then listen rejects
//
// GET /healthz reports that state, the worker's name and its requests in progress; it leaves no span. A request may have any
// Host: the framework decides. Commands, and GET /healthz, are for the gateway only, not for a page in a browser
// (runtime/http/guard.ts).

import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { setTelemetryFaults } from '../../../otel/faults/apply.ts';
import type { TelemetryValues } from '../../../otel/faults/table.ts';
import { COMMAND_HEADER, TELEMETRY_HEADER } from '../../../otel/propagation/http.ts';
import { WARM_UP_TRACE_ID } from '../../../otel/warm-up.ts';
import { guarded, hostRefusal } from '../../../runtime/http/guard.ts';
import { hasBody } from '../../../runtime/http/headers.ts';
import { hasBadHost } from '../../../runtime/http/host.ts';
import { endAndLinger } from '../../../runtime/http/linger.ts';
import { createHttpServer } from '../../../runtime/http/server.ts';
import { log } from '../../../runtime/log.ts';
import { type Listening, listen } from '../../../runtime/net/listen.ts';
import { createUnixListener, listenUnix } from '../../../runtime/net/unix-socket.ts';
import { stopThisProcess } from '../../../runtime/platform/end-process.ts';
import { closeServer } from '../../../runtime/shutdown.ts';
import type { WorkerConfig } from './config.ts';
import { injectFault } from './faults.ts';
import { startWatchdog } from './watchdog.ts';

/** How long a worker whose site cannot be loaded reports that, in ms: the gateway polls every 50 ms, with a timeout of a second. */
const FAILED_MS = 1000;
/** Before it closes: how long it waits until the gateway has seen that it drains, and for a request sent just before, in ms. */
const DRAIN_NOTICE_MS = 300;
const IN_FLIGHT_MS = 50;
/** The gateway sends complete requests only; these are for other clients. */
const TIMEOUTS = { headersTimeout: 5000, requestTimeout: 10_000, connectionsCheckingInterval: 1000 };
/** How long a handler may continue after its client has closed the connection, in ms; then the worker exits. */
const ABANDONED_AFTER_MS = 1000;

/** Answers one request; the worker is busy until its promise has settled. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

/** How requests are answered, and the hosts of the sites: by these a request may command a fault. */
type Site = { answer: Answer; hosts: readonly string[] };

type ServerConfig = WorkerConfig & {
  listening: Listening;
  /** The folder of Unix sockets; empty for none. */
  sockets: string;
  /** Its name, as in service.instance.id. */
  id: string;
  /** The release of the site that it runs; null for the working tree. */
  release: string | null;
  maxBody: number;
  allowedHosts: readonly string[];
};

/** A worker whose site is loaded by `load`: `listen` resolves with the port then, `close` finishes the requests in progress. */
export function createWorkerServer(load: () => Promise<Site>, config: ServerConfig) {
  const { listening, sockets, id, release, maxHeaders, maxBody, watchdogTimeout, allowedHosts } = config;
  const maxRequests = config.maxRequests
    ? config.maxRequests + Math.round(Math.random() * config.maxRequestsJitter)
    : Number.POSITIVE_INFINITY;
  let site: Site | undefined;
  let hasFailed = false;
  let inHand = 0;
  let telemetry = '';
  let received = 0;
  let isDraining = false;
  let onDrainSeen = () => {};
  let stopWatchdog: () => Promise<unknown> = async () => {};

  // Only the gateway closes an idle connection: closed here, it could be just when the next request is sent.
  const server = createHttpServer({ ...TIMEOUTS, keepAliveTimeout: 0 }, (request, response) => {
    if (request.url === '/healthz') return health(request, response);
    if (hasBadHost(request)) return refuse(response, 400, 'Malformed Host header');
    if (request.rawHeaders.length / 2 > maxHeaders) return refuse(response, 431, 'Too many headers');
    if (Number(request.headers['content-length']) > maxBody) return refuse(response, 413, 'Request body too large');
    if (site === undefined) return refuse(response, 503, 'The worker is starting');
    void handle(site, request, response);
  });

  const unixListener = createUnixListener(server);

  async function handle({ answer, hosts }: Site, request: IncomingMessage, response: ServerResponse): Promise<void> {
    inHand += 1;
    if (!request.headers.traceparent?.includes(WARM_UP_TRACE_ID)) received += 1;
    if (received === maxRequests) retire(`it has received ${received} requests`);
    // With this response, so that the gateway checks its health before it sends the next request.
    if (isDraining || received >= maxRequests) response.setHeader('connection', 'close');
    let abandoned: NodeJS.Timeout | undefined;
    const closed = new Promise<void>((resolve) => {
      response.once('close', () => {
        if (!response.writableFinished) {
          abandoned = setTimeout(() => retire('its handler continues without a client'), ABANDONED_AFTER_MS);
        }
        resolve();
      });
    });
    const answered = answer(request, response);
    const fault = request.headers[COMMAND_HEADER];
    if (fault !== undefined && !hostRefusal(request, hosts)) injectFault(fault);
    await answered;
    await closed;
    clearTimeout(abandoned);
    inHand -= 1;
  }

  function retire(reason: string): void {
    log.info({ reason }, 'worker exits and will be restarted');
    stopThisProcess();
  }

  const health = guarded(
    async (request, response) => {
      await readTelemetryFaults(request.headers[TELEMETRY_HEADER]);
      if (site && request.headers[COMMAND_HEADER] === 'end' && !isDraining) stopThisProcess();
      const state = site ? { inHand, draining: isDraining } : { starting: true, failed: hasFailed };
      const started = Math.round(performance.timeOrigin);
      const body = JSON.stringify({ worker: id, pid: process.pid, started, release, ...state });
      response.writeHead(site ? 200 : 503, { 'content-type': 'application/json' });
      response.end(`${body}\n`, isDraining ? onDrainSeen : undefined);
    },
    { hosts: allowedHosts },
  );

  async function readTelemetryFaults(text: string | string[] | undefined): Promise<void> {
    if (typeof text !== 'string' || text === telemetry) return;
    telemetry = text;
    try {
      await setTelemetryFaults(JSON.parse(text) as TelemetryValues);
    } catch (error) {
      log.warn({ err: error }, `the header ${TELEMETRY_HEADER} is not valid`);
    }
  }

  function closeAll(): void {
    unixListener.close();
    server.close();
    server.closeAllConnections();
  }

  return {
    async listen(): Promise<number> {
      const port = await listen(server, listening);
      await listenUnix(unixListener, sockets, port);
      try {
        site = await load();
      } catch (error) {
        hasFailed = true;
        await delay(FAILED_MS);
        throw error;
      }
      stopWatchdog = startWatchdog(watchdogTimeout);
      process.on('uncaughtExceptionMonitor', closeAll); // a worker that crashes finishes nothing: the gateway sees that at once
      return port;
    },
    async close(): Promise<void> {
      isDraining = true;
      const counts = [unixListener, server].map((each) => promisify(each.getConnections.bind(each))());
      if ((await Promise.all(counts)).some((connections) => connections > 0)) {
        await Promise.race([new Promise<void>((resolve) => (onDrainSeen = resolve)), delay(DRAIN_NOTICE_MS)]);
        await delay(IN_FLIGHT_MS);
      }
      await closeServer(server, unixListener);
      await stopWatchdog();
      process.off('uncaughtExceptionMonitor', closeAll);
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
