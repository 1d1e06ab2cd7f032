// The visitor's door: POST /visits makes a visit, GET /traces/<id> shows one as plain HTML.
// These requests are the lab's own and leave no span; the visit that they ask for opens the trace.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { leaveUntraced, untraced } from '../../otel/untraced.ts';
import { guarded } from '../../runtime/http/guard.ts';
import { log } from '../../runtime/log.ts';
import { listen } from '../../runtime/net/listen.ts';
import { closeServer } from '../../runtime/shutdown.ts';
import { createBrowsers } from './browser.ts';
import type { VisitorConfig } from './config.ts';
import { askControl } from './control.ts';
import { BadRequest } from './errors.ts';
import { readOrder } from './order.ts';
import { homePage } from './pages.ts';
import { tracePage } from './trace-page.ts';
import { makeVisit } from './visit.ts';

type Handler = (request: IncomingMessage, response: ServerResponse, match: RegExpExecArray) => Promise<void>;

/** The visitor as a server: `listen` resolves with the port, `close` lets visits under way end. */
export function createVisitor(config: VisitorConfig) {
  const browsers = createBrowsers();

  const visits: Handler = async (request, response) => {
    const { cold, browser, ...visit } = await readOrder(request);
    if (cold) await flushResolver(config);
    const { response: received, failure, ...visited } = await makeVisit(visit, browsers.find(browser), config);
    const { status = null, headers = {}, body = '' } = received ?? {};
    const answer = {
      ...visited,
      status,
      headers,
      body,
      error: failure && { code: failure.code, message: failure.message },
    };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  };

  const trace: Handler = async (_, response, match) => {
    const { status, html } = await tracePage(match[1] ?? '', config.jaegerUrl);
    response.writeHead(status, { 'content-type': 'text/html; charset=utf-8' }).end(html);
  };

  const home: Handler = async (_, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(homePage(config.jaegerUrl));
  };

  const health: Handler = async (_, response) => {
    response.writeHead(200, { 'content-type': 'text/plain' }).end('ok\n');
  };

  const gateway: Handler = async (request, response, match) => {
    const answer = await askControl(request, config.gatewayControl, `/${match[1]}`);
    response.writeHead(200, { 'content-type': 'application/json' }).end(answer);
  };

  const routes: [method: string, path: RegExp, handler: Handler][] = [
    ['POST', /^\/visits$/, visits],
    ['PUT', /^\/gateway\/(settings)$/, gateway],
    ['DELETE', /^\/gateway\/(settings)$/, gateway],
    ['POST', /^\/gateway\/(reload)$/, gateway],
    ['GET', /^\/traces\/([^/]+)$/, trace],
    ['GET', /^\/$/, home],
    ['GET', /^\/healthz$/, health],
  ];

  const serve = (request: IncomingMessage, response: ServerResponse) => {
    const path = (request.url ?? '/').replace(/\?.*/, '');
    const fitting = routes.filter(([, pattern]) => pattern.test(path));
    const route = fitting.find(([method]) => method === request.method);
    const handled = route
      ? route[2](request, response, route[1].exec(path) as RegExpExecArray)
      : Promise.reject(
          fitting.length > 0
            ? new BadRequest(`${path} takes ${fitting.map(([method]) => method).join(', ')}`, 405)
            : new BadRequest('Here are POST /visits, GET /traces/<id>, GET / and GET /healthz', 404),
        );
    handled.catch((error: Error) => refuse(response, error));
  };
  const guard = guarded((request, response) => untraced(() => serve(request, response)), {
    hosts: config.allowedHosts,
  });
  const server = leaveUntraced(createServer(guard));

  return {
    listen: () => listen(server, config.listening),
    close: async () => {
      await closeServer(server);
      browsers.close();
    },
  };
}

async function flushResolver({ resolverControl: { host, port } }: VisitorConfig): Promise<void> {
  const unreachable = () =>
    new BadRequest(`The phonebook's control port ${host}:${port} does not answer. Is dns running?`, 503);
  const response = await fetch(`http://${host}:${port}/flush`, { method: 'POST' }).catch(() =>
    Promise.reject(unreachable()),
  );
  if (!response.ok) throw unreachable();
}

function refuse(response: ServerResponse, error: Error): void {
  if (!(error instanceof BadRequest)) log.error({ err: error }, 'a request failed');
  const [status, message] = error instanceof BadRequest ? [error.status, error.message] : [500, 'Internal error.'];
  if (response.headersSent) response.destroy();
  else response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error: { message } }));
}
