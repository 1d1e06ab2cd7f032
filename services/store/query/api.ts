// Jaeger's query API: the public /api/v3 (OTLP in JSON) as Jaeger 2.20 answers it, and the older paths as Jaeger 1.76 does,
// which its page and Grafana's data source still call. https://www.jaegertracing.io/docs/2.20/architecture/apis/

import type { IncomingMessage, ServerResponse } from 'node:http';
import { log } from '../../../runtime/log.ts';
import { SPAN_COUNT_HEADER } from '../../../traces/jaeger.ts';
import { countSpans, MAX_BYTES } from '../storage/assemble.ts';
import { KINDS } from '../storage/match.ts';
import type { StoredTrace, TraceReader } from '../storage/storage.ts';
import { dependencies } from './dependencies.ts';
import { oldJson } from './old-json.ts';
import { comma, otlpJson } from './otlp-json.ts';
import { pointerPage } from './page.ts';
import { checkTraceParameters, oldReader, parameter, readOldSearch, readSearch, type Search } from './parameters.ts';
import { clientGone, sendJson, sendText, TEXT, wantsPretty } from './send.ts';
import { summarise } from './summary.ts';
import { BadValue, integer, traceId } from './values.ts';

/** How many traces one search may ask for (as many as Jaeger's page lets one choose), and after how many spans it ends. */
const MAX_DEPTH = 1500;
const MAX_SPANS = 100_000;

const DAY_MS = 24 * 60 * 60 * 1000;

/** What was asked: parameters, the segment of the path that is a name or an id, and when the client goes. */
type Asked = { parameters: URLSearchParams; segment: string; signal: AbortSignal; response: ServerResponse };
/** The pieces of the answer's JSON. */
type Pieces = Iterable<string>;

/** An answer that is not 200. */
class Refused extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Makes the handler of the query API over `reader`; browsers are sent to `pageUrl`. */
export function createQueryApi(reader: TraceReader, pageUrl: string) {
  const routes: [path: RegExp, answer: (asked: Asked) => Pieces | Promise<Pieces>][] = [
    [/^\/api\/v3\/services$/, () => json({ services: reader.services() })],
    [/^\/api\/v3\/operations$/, ({ parameters }) => json({ operations: operations(parameters, 'internal') })],
    [/^\/api\/v3\/traces$/, async (asked) => otlpJson(await foundTraces(asked))],
    [/^\/api\/v3\/traces\/([^/]+)$/, (asked) => otlpJson([traceById(asked)])],
    [/^\/api\/v3\/trace-summaries$/, async (asked) => json({ summaries: await summaries(asked) })],
    [/^\/api\/services$/, () => listed(reader.services())],
    [/^\/api\/services\/([^/]+)\/operations$/, ({ segment }) => listed(names(segment))],
    [/^\/api\/operations$/, ({ parameters }) => listed(oldOperations(parameters))],
    [
      /^\/api\/traces$/,
      async (asked) => oldTraces(await search(asked, readOldSearch(asked.parameters), (trace) => trace)),
    ],
    [/^\/api\/traces\/([^/]+)$/, ({ segment }) => oldTraces([oldTraceById(segment)])],
    [/^\/api\/dependencies$/, async (asked) => json(oldAnswer(await links(asked)))],
  ];

  /** The operations of the service that is asked for, of the kind that is; `unknown` is the kind of what does not give any. */
  function operations(parameters: URLSearchParams, unknown: string): { name: string; spanKind: string }[] {
    const wanted = parameter(parameters, 'spanKind');
    return reader
      .operations(parameters.get('service') ?? '')
      .filter(({ kind }) => wanted === undefined || wanted === KINDS[kind])
      .map(({ name, kind }) => ({ name, spanKind: KINDS[kind] || unknown }));
  }

  function oldOperations(parameters: URLSearchParams) {
    if (!parameters.get('service')) throw new BadValue("parameter 'service' is required");
    return operations(parameters, '');
  }

  function names(service: string): string[] {
    return [...new Set(reader.operations(service).map(({ name }) => name))];
  }

  async function search<T>({ signal }: Asked, { query, depth }: Search, use: (trace: StoredTrace) => T): Promise<T[]> {
    if (depth <= 0 || depth > MAX_DEPTH) throw new Refused(500, `a search takes 1 to ${MAX_DEPTH} traces`);
    const found: T[] = [];
    let [spans, bytes] = [0, 0];
    for await (const trace of reader.search({ ...query, signal })) {
      found.push(use(trace));
      spans += countSpans(trace);
      bytes += trace.bytes;
      if (found.length === depth || spans >= MAX_SPANS || bytes >= MAX_BYTES) break;
    }
    return found;
  }

  async function foundTraces(asked: Asked): Promise<StoredTrace[]> {
    const found = await search(asked, readSearch(asked.parameters), (trace) => trace);
    if (found.length === 0) throw new Refused(404, NOTHING_FOUND);
    return found;
  }

  function summaries(asked: Asked) {
    return search(asked, readSearch(asked.parameters), summarise);
  }

  function traceById({ parameters, segment, response }: Asked): StoredTrace {
    const id = named('trace_id', () => traceId(segment));
    checkTraceParameters(parameters);
    const found = reader.trace(id);
    if (found === undefined) throw new Refused(404, NOTHING_FOUND);
    if (countSpans(found) < found.spanCount) response.setHeader(SPAN_COUNT_HEADER, found.spanCount);
    return found;
  }

  function oldTraceById(segment: string): StoredTrace {
    const found = reader.trace(traceId(segment));
    if (found === undefined) throw new Refused(404, 'trace not found');
    return found;
  }

  function links({ parameters, signal }: Asked) {
    const read = oldReader(parameters);
    const end = read(['endTs'], integer) ?? Date.now();
    return dependencies(reader, { start: end - (read(['lookback'], integer) ?? DAY_MS), end, signal });
  }

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [path = '', ...rest] = (request.url ?? '').split('?');
    const parameters = new URLSearchParams(rest.join('?'));
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const [match, answer] = (isRead && findRoute(path)) || [];
    const page = isRead ? pointerPage(path, pageUrl) : undefined;
    if (page !== undefined) return sendText(response, 200, 'text/html; charset=utf-8', page);
    if (!match || !answer) return sendText(response, 404, TEXT, '404 page not found\n');
    try {
      const segment = decodeURIComponent(match[1] ?? '');
      const pieces = await answer({ parameters, segment, signal: clientGone(request, response), response });
      await sendJson(response, pieces, wantsPretty(parameters));
    } catch (error) {
      sendError(response, error, path.startsWith('/api/v3/'));
    }
  };

  function findRoute(path: string) {
    for (const [shape, answer] of routes) {
      const match = shape.exec(path);
      if (match) return [match, answer] as const;
    }
    return undefined;
  }
}

const NOTHING_FOUND = 'No traces found';

function json(answer: object): Pieces {
  return [JSON.stringify(answer)];
}

/** How the older paths answer. */
function oldAnswer(data: object[] | string[] | null, more: { total?: number; errors?: object[] } = {}): object {
  return { data, total: 0, limit: 0, offset: 0, errors: null, ...more };
}

function listed(data: object[] | string[]): Pieces {
  return json(oldAnswer(data, { total: data.length }));
}

function* oldTraces(traces: StoredTrace[]): Pieces {
  yield '{"data":[';
  for (const [index, trace] of traces.entries()) {
    yield comma(index);
    yield* oldJson(trace);
  }
  yield JSON.stringify(oldAnswer(null)).replace('{"data":null', ']');
}

function sendError(response: ServerResponse, error: unknown, isV3: boolean): void {
  const isBad = error instanceof BadValue || error instanceof URIError;
  const status = isBad ? 400 : error instanceof Refused ? error.status : 500;
  if (!isBad && !(error instanceof Refused) && !response.closed) log.error({ err: error }, 'a query failed');
  if (response.headersSent) return void response.destroy();
  const message = status === 500 && !(error instanceof Refused) ? 'Internal error.' : (error as Error).message;
  const body = isV3
    ? { error: { httpCode: status, message } }
    : oldAnswer(null, { errors: [{ code: status, msg: message }] });
  sendText(response, status, TEXT, `${JSON.stringify(body)}\n`);
}

/** Says which parameter was malformed, as /api/v3 says it. */
function named<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof BadValue ? new BadValue(`malformed parameter ${name}: ${error.message}`) : error;
  }
}
