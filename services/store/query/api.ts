// Jaeger's query API, as Jaeger 2.20 answers it: the public /api/v3 (OTLP in JSON), and the two older paths that its page
// still calls. https://www.jaegertracing.io/docs/2.20/architecture/apis/

import type { IncomingMessage, ServerResponse } from 'node:http';
import { log } from '../../../runtime/log.ts';
import { KINDS } from '../storage/match.ts';
import type { StoredTrace, TraceReader } from '../storage/storage.ts';
import { dependencies } from './dependencies.ts';
import { BadValue, parseInteger, parseTraceId } from './go-values.ts';
import { oldJson } from './old-json.ts';
import { checkTraceParameters, parameter, readSearch } from './search-parameters.ts';
import { summarise } from './summary.ts';

/** How many traces one search may ask for (as many as Jaeger's page lets one choose), and after how many spans it ends. */
const MAX_DEPTH = 1500;
const MAX_SPANS = 100_000;

type Route = [path: RegExp, answer: (parameters: URLSearchParams, segment: string) => object | Promise<object>];

/** An answer that is not 200; `body` is the object that says why. */
class Refused extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Makes the handler of the query API over `reader`. */
export function createQueryApi(reader: TraceReader) {
  const routes: Route[] = [
    [/^\/api\/v3\/services$/, () => ({ services: reader.services() })],
    [/^\/api\/v3\/operations$/, (parameters) => ({ operations: operations(parameters) })],
    [/^\/api\/v3\/traces$/, async (parameters) => wrap(await search(parameters, (trace) => trace))],
    [/^\/api\/v3\/traces\/([^/]+)$/, (parameters, id) => wrap([trace(parameters, id)])],
    [/^\/api\/v3\/trace-summaries$/, async (parameters) => ({ summaries: await search(parameters, summarise) })],
    [/^\/api\/traces\/([^/]+)$/, (_parameters, id) => oldWrap([oldJson(oldTrace(id))])],
    [/^\/api\/dependencies$/, async (parameters) => oldWrap(await links(parameters))],
  ];

  function operations(parameters: URLSearchParams) {
    const kind = parameter(parameters, 'spanKind');
    return reader
      .operations(parameters.get('service') ?? '')
      .map((operation) => ({ name: operation.name, spanKind: KINDS[operation.kind] ?? '' }))
      .filter(({ spanKind }) => kind === undefined || kind === spanKind)
      .map(({ name, spanKind }) => ({ name, spanKind: spanKind || 'internal' }));
  }

  async function search<T>(parameters: URLSearchParams, use: (trace: StoredTrace) => T): Promise<T[]> {
    const { query, depth } = readSearch(parameters);
    if (depth <= 0 || depth > MAX_DEPTH) {
      throw new Refused(500, 'search depth must be greater than 0 and less than max traces');
    }
    const found: T[] = [];
    let spans = 0;
    for await (const trace of reader.search(query)) {
      found.push(use(trace));
      spans += countSpans(trace);
      if (found.length === depth || spans >= MAX_SPANS) break;
    }
    return found;
  }

  function trace(parameters: URLSearchParams, id: string): StoredTrace {
    const traceId = named('trace_id', () => parseTraceId(id));
    checkTraceParameters(parameters);
    const found = reader.trace(traceId);
    if (found === undefined) throw new Refused(404, NOTHING_FOUND);
    return found;
  }

  function oldTrace(id: string): StoredTrace {
    const found = reader.trace(parseTraceId(id));
    if (found === undefined) throw new Refused(404, 'trace not found');
    return found;
  }

  function links(parameters: URLSearchParams) {
    const number = (name: string, otherwise: number) => {
      const text = parameters.get(name);
      return text ? old(name, () => parseInteger(text, 'ParseInt')) : otherwise;
    };
    const end = number('endTs', Date.now());
    return dependencies(reader, { start: end - number('lookback', 24 * 60 * 60 * 1000), end });
  }

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [pathname = '', ...search] = (request.url ?? '').split('?');
    const parameters = new URLSearchParams(search.join('?'));
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    for (const [path, answer] of routes) {
      const match = isRead && path.exec(pathname);
      if (!match) continue;
      try {
        send(
          response,
          200,
          'application/json',
          JSON.stringify(await answer(parameters, decodeURIComponent(match[1] ?? ''))),
        );
      } catch (error) {
        sendError(response, error, pathname.startsWith('/api/v3/'));
      }
      return;
    }
    send(response, 404, TEXT, '404 page not found\n');
  };
}

const TEXT = 'text/plain; charset=utf-8';
const NOTHING_FOUND = 'No traces found';

function countSpans({ resourceSpans }: StoredTrace): number {
  return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans).reduce((sum, { spans }) => sum + spans.length, 0);
}

/** The traces as one OTLP message. */
function wrap(traces: StoredTrace[]): object {
  if (traces.length === 0) throw new Refused(404, NOTHING_FOUND);
  return { result: { resourceSpans: traces.flatMap(({ resourceSpans }) => resourceSpans) } };
}

function oldWrap(data: object[] | null, errors: { code: number; msg: string }[] | null = null): object {
  return { data, total: 0, limit: 0, offset: 0, errors };
}

function sendError(response: ServerResponse, error: unknown, isV3: boolean): void {
  const status =
    error instanceof BadValue || error instanceof URIError ? 400 : error instanceof Refused ? error.status : 500;
  const known = error instanceof BadValue || error instanceof Refused;
  if (!known) log.error({ err: error }, 'a query failed');
  const message = known ? error.message : 'Internal error.';
  const body = isV3 ? { error: { httpCode: status, message } } : oldWrap(null, [{ code: status, msg: message }]);
  send(response, status, TEXT, `${JSON.stringify(body)}\n`);
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

/** Says which parameter was malformed, as /api/v3 says it. */
function named<T>(name: string, read: () => T): T {
  return rephrase((message) => `malformed parameter ${name}: ${message}`, read);
}

/** The same, as the older paths say it. */
function old<T>(name: string, read: () => T): T {
  return rephrase((message) => `unable to parse param '${name}': ${message}`, read);
}

function rephrase<T>(phrase: (message: string) => string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof BadValue ? new BadValue(phrase(error.message)) : error;
  }
}
