// The control API of a service: a table of routes, and around it what every one needs. A request goes
//
//   guard (400, 403, 421) → route (404, 405) → body (408, 413, 415, 400) → handler → JSON
//
// one after another on each connection. Errors are {"error":{"code","message"}}; GET /healthz is always there. Its
// requests are the lab's own and leave no span.

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { leaveUntraced, untraced } from '../../otel/untraced.ts';
import { ApiError, sendApiError } from '../http/api-error.ts';
import type { Allowed } from '../http/guard.ts';
import { createHttpServer } from '../http/server.ts';
import { log } from '../log.ts';
import { type BodyBounds, parseBody, readBody } from './body.ts';
import { sendReply } from './reply.ts';
import { finder, type Reply, type Route, type RouteRequest, route } from './route.ts';

const DEFAULTS: BodyBounds = { bytes: 64 * 1024, time: 5000 };
/** Until the headers must be whole, and how long a client may read nothing of its answer, in ms. */
const HEADERS = 5000;
const SEND = 20_000;
/** How many connections there may be, and how many requests one may bring. */
const CONNECTIONS = 256;
const REQUESTS = 1000;

export type ControlOptions = Allowed & {
  body?: Partial<BodyBounds>;
  /** The answer to an address that no route has, where it is not the error in JSON. */
  unknown?: (request: IncomingMessage) => Reply | undefined;
};

/** Makes the server that answers by `routes`; not yet listening. */
export function createControl(routes: readonly Route[], options: ControlOptions = {}): Server {
  const all = [...routes, route('GET /healthz', () => ({ body: 'ok\n' }))];
  const find = finder(all);
  const bounds = { ...DEFAULTS, ...options.body };
  const known = all.map(({ method, path }) => `${method} ${path}`).join(', ');

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '/' } = request;
    const [path = '', ...search] = pathAndQuery(url).split('?');
    const { route, params, methods } = find(method, path);
    if (methods.length === 0) {
      const reply = options.unknown?.(request);
      if (reply === undefined) throw new ApiError(404, 'not_found', `This port has no such path. It has: ${known}`);
      return sendReply(response, reply);
    }
    if (route === undefined) {
      const allow = methods.join(', ');
      throw new ApiError(405, 'wrong_method', `Method not allowed: this path takes ${allow}`, { allow });
    }
    const body = await readBody(request, response, bounds);
    const routeRequest: RouteRequest<string, unknown> = {
      params: decoded(params),
      query: new URLSearchParams(search.join('?')),
      body: route.takes && parseBody(body, route.takes),
      request,
      signal: goneSignal(response),
    };
    await sendReply(response, await route.handle(routeRequest));
  }

  const server = createHttpServer(
    {
      headersTimeout: HEADERS,
      requestTimeout: HEADERS + 2 * bounds.time,
      connectionsCheckingInterval: 1000,
      guard: options,
      connections: CONNECTIONS,
      sendTimeout: SEND,
    },
    (request, response) =>
      void untraced(() => answer(request, response)).catch((error: unknown) => refuse(response, error)),
  );
  server.maxRequestsPerSocket = REQUESTS;
  return leaveUntraced(server);
}

/** What follows the authority in a request's target; a whole address has one too (RFC 9112, 3.2.2). */
function pathAndQuery(target: string): string {
  if (target.startsWith('/')) return target;
  if (!URL.canParse(target)) throw new ApiError(400, 'bad_path', 'The request target is not a path');
  const { pathname, search } = new URL(target);
  return pathname + search;
}

function decoded(params: Record<string, string>): Record<string, string> {
  try {
    return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, decodeURIComponent(value)]));
  } catch {
    throw new ApiError(400, 'bad_path', 'Malformed percent-encoding in the path');
  }
}

function goneSignal(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  return gone.signal;
}

function refuse(response: ServerResponse, error: unknown): void {
  if (response.destroyed) return; // the client has gone
  if (!(error instanceof ApiError)) log.error({ err: error }, 'a request to a control API failed');
  const internal = () => new ApiError(500, 'internal', 'Internal error: see the log of this service');
  sendApiError(response, error instanceof ApiError ? error : internal());
}
