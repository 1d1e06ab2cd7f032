// The control API of a service: a table of routes, and around it what every one needs. A request goes
//
//   guard (400, 403, 421) → route (404, 405) → body (408, 413, 415, 400) → handler → JSON
//
// one after another on each connection. Errors are {"error":{"code","message"}}; GET /healthz is always there. Its
// requests are the lab's own and leave no span.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { leaveUntraced, untraced } from '../../otel/untraced.ts';
import { type Allowed, refusal } from '../http/guard.ts';
import { Problem, problemText, sendProblem } from '../http/problem.ts';
import { log } from '../log.ts';
import { type BodyBounds, ClientGone, parseBody, readBody } from './body.ts';
import { send } from './reply.ts';
import { finder, type Reply, type Route, type RouteRequest, route } from './route.ts';

const DEFAULTS: BodyBounds = { bytes: 64 * 1024, time: 5000 };
/** Until the headers must be whole, in ms; how many connections there may be; and how many requests one may bring. */
const HEADERS = 5000;
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
    const refused = refusal(request, options);
    if (refused) throw refused;
    const { method = '', url = '/' } = request;
    const [path = '', ...search] = pathAndQuery(url).split('?');
    const { route, params, methods } = find(method, path);
    if (methods.length === 0) {
      const reply = options.unknown?.(request);
      if (reply === undefined) throw new Problem(404, 'not_found', `There is ${known}`);
      return send(response, reply);
    }
    if (route === undefined) {
      const allow = methods.join(', ');
      throw new Problem(405, 'wrong_method', `Here is only ${allow}`, { allow });
    }
    const body = await readBody(request, response, bounds);
    const asked: RouteRequest<string, unknown> = {
      params: decoded(params),
      query: new URLSearchParams(search.join('?')),
      body: route.takes && parseBody(body, route.takes),
      request,
      signal: goneSignal(response),
    };
    await send(response, await route.handle(asked));
  }

  const last = new WeakMap<Socket, { response: ServerResponse; done: Promise<void> }>();
  const receive = (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    const before = last.get(socket)?.done;
    const serve = async () => {
      await before;
      if (!socket.destroyed) await untraced(() => answer(request, response)).catch((error) => refuse(response, error));
    };
    last.set(socket, { response, done: serve() });
  };

  const server = createServer(
    {
      headersTimeout: HEADERS,
      requestTimeout: HEADERS + 2 * bounds.time,
      connectionsCheckingInterval: 1000,
      requireHostHeader: false, // the guard says it in the API's own words
      insecureHTTPParser: false,
    },
    receive,
  );
  server.maxConnections = CONNECTIONS;
  server.maxRequestsPerSocket = REQUESTS;
  server.on('checkContinue', receive);
  server.on('dropRequest', (_, socket) => socket.destroy());
  server.on('clientError', (error, socket: Socket) => refuseUnread(error, socket, last.get(socket)?.response));
  return leaveUntraced(server);
}

/** What follows the authority in a request's target; a whole address has one too (RFC 9112, 3.2.2). */
function pathAndQuery(target: string): string {
  if (target.startsWith('/')) return target;
  if (!URL.canParse(target)) throw new Problem(400, 'bad_path', 'This is no path');
  const { pathname, search } = new URL(target);
  return pathname + search;
}

function decoded(params: Record<string, string>): Record<string, string> {
  try {
    return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, decodeURIComponent(value)]));
  } catch {
    throw new Problem(400, 'bad_path', 'A % in the path is not followed by the number of a character');
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
  if (error instanceof ClientGone) return;
  if (!(error instanceof Problem)) log.error({ err: error }, 'a request to a control API failed');
  const internal = () => new Problem(500, 'internal', 'Internal error; the log says more');
  sendProblem(response, error instanceof Problem ? error : internal());
}

/** Answers what Node's parser refuses: in the turn of those before it, and in the place of one whose body it broke. */
function refuseUnread({ code = '' }: NodeJS.ErrnoException, socket: Socket, before?: ServerResponse): void {
  socket.on('error', () => {});
  const problem =
    code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? new Problem(408, 'too_slow', 'The request did not come in time')
      : code === 'HPE_HEADER_OVERFLOW'
        ? new Problem(431, 'headers_too_large', 'The headers are too large')
        : new Problem(400, 'bad_request', 'This is not HTTP as it should be');
  const end = () => {
    if (!socket.writable) return void socket.destroy();
    socket.end(rawAnswer(problem));
    socket.destroySoon();
  };
  if (before === undefined || before.writableFinished) end();
  else if (before.req.complete) before.once('close', end);
  else {
    sendProblem(before, problem);
    before.end(); // nothing more is read, so there is nothing to wait for
  }
}

function rawAnswer(problem: Problem): string {
  const body = problemText(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${problem.code}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}
