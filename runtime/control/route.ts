// One line of a control API's table: a method and a path, what the body must be, and what answers.
//
//   route('GET /workers', () => ({ body: table() }))
//   route('PUT /settings', settings, ({ body }) => ({ body: change(body) }))
//   route('POST /items/:name/close', async ({ params }) => ({ body: await close(params.name) }))

import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { GenericSchema, InferOutput } from 'valibot';

/** `:name` stands for one part of a path, or for what stands before a dot in it. */
type ParameterNames<P extends string> = P extends `${string}:${infer Rest}` ? Cut<Rest> | ParameterNames<Rest> : never;
type Cut<N extends string> = N extends `${infer A}/${string}` ? Cut<A> : N extends `${infer A}.${string}` ? A : N;

export type RouteRequest<P extends string = string, B = undefined> = {
  params: Record<ParameterNames<P>, string>;
  query: URLSearchParams;
  /** As the schema gives it; undefined for a route without one. */
  body: B;
  request: IncomingMessage;
  /** Aborted when the client goes before it has its answer. */
  signal: AbortSignal;
};

export type Reply = {
  /** Default: 200. */
  status?: number;
  headers?: OutgoingHttpHeaders;
  /** An object leaves as JSON; a text or bytes as they are; what is iterated, piece by piece. None: 204. */
  body?: object | string | Uint8Array | AsyncIterable<string | Uint8Array>;
};

type Handle<P extends string, B> = (request: RouteRequest<P, B>) => Reply | Promise<Reply>;

export type Route = {
  method: string;
  path: string;
  /** What the body must be; undefined: it is not looked at. */
  takes: GenericSchema | undefined;
  handle: Handle<string, unknown>;
};

/** A route at `where` (method and path), whose JSON body must match `takes`. Its handler may throw an ApiError. */
export function route<const P extends string>(where: P, handle: Handle<P, undefined>): Route;
export function route<const P extends string, S extends GenericSchema>(
  where: P,
  takes: S,
  handle: Handle<P, InferOutput<S>>,
): Route;
export function route(where: string, ...rest: [Handle<string, never>] | [GenericSchema, Handle<string, never>]): Route {
  const [method = '', path = ''] = where.split(' ');
  const [takes, handle] = rest.length === 1 ? [undefined, rest[0]] : rest;
  return { method, path, takes, handle: handle as Handle<string, unknown> };
}

/** Makes the function that finds the first route for a method and a path, and all methods that the path has. */
export function finder(routes: readonly Route[]) {
  const patterns = routes.map((each) => ({ route: each, pattern: patternOf(each.path) }));

  return (method: string, path: string) => {
    const fitting = patterns.filter(({ pattern }) => pattern.test(path));
    const methods = new Set(fitting.map(({ route }) => route.method));
    if (methods.has('GET')) methods.add('HEAD');
    const wanted = method === 'HEAD' ? 'GET' : method;
    const { route, pattern } = fitting.find((each) => each.route.method === wanted) ?? {};
    return { route, params: pattern?.exec(path)?.groups ?? {}, methods: [...methods].sort() };
  };
}

function patternOf(path: string): RegExp {
  const source = path.replaceAll(/:(\w+)|[.*+?^${}()|[\]\\]/g, (found, name) =>
    name === undefined ? `\\${found}` : `(?<${name}>[^/]+)`,
  );
  return new RegExp(`^${source}$`);
}
