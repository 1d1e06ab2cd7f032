// What the routes of the query API have in common.

import type { ServerResponse } from 'node:http';
import { ApiError } from '../../../runtime/http/api-error.ts';
import { countSpans, MAX_BYTES } from '../storage/assemble.ts';
import { KINDS } from '../storage/match.ts';
import type { StoredTrace, TraceReader } from '../storage/storage.ts';
import { parameter, type Search } from './parameters.ts';

/** How many traces a search may return (as many as Jaeger's page lets one choose), and after how many spans it ends. */
const MAX_DEPTH = 1500;
const MAX_SPANS = 100_000;

/** A path, and its handler: returns the pieces of the response's JSON. */
export type Route = [path: RegExp, handle: (request: QueryRequest) => Pieces | Promise<Pieces>];
export type Pieces = Iterable<string>;

/** A query: its parameters, and the segment of the path that is a name or an id; `signal` aborts when the client goes. */
export type QueryRequest = {
  parameters: URLSearchParams;
  segment: string;
  signal: AbortSignal;
  response: ServerResponse;
  /** Reserves memory for that many bytes of spans, until the response is sent; waits for it. Throws ApiError. */
  hold: (bytes: number) => Promise<void>;
};

/** The traces that match a search, newest first, in memory until the response is sent. Throws ApiError. */
export function findWhole(reader: TraceReader, search: Search, request: QueryRequest): Promise<StoredTrace[]> {
  return find(reader, search, request, async (trace) => {
    await request.hold(trace.bytes);
    return trace;
  });
}

/** The trace of that id, in memory until the response is sent; undefined if there is none. Throws ApiError. */
export async function openTrace(
  reader: TraceReader,
  id: string,
  { hold }: QueryRequest,
): Promise<StoredTrace | undefined> {
  await hold(Math.min(reader.size(id), MAX_BYTES));
  return reader.trace(id);
}

export function json(answer: object): Pieces {
  return [JSON.stringify(answer)];
}

/** The traces that match a search, newest first, each as `use` returns it. Throws ApiError. */
export async function find<T>(
  reader: TraceReader,
  { query, depth }: Search,
  { signal }: QueryRequest,
  use: (trace: StoredTrace) => T | Promise<T>,
): Promise<T[]> {
  if (depth <= 0 || depth > MAX_DEPTH) {
    throw new ApiError(500, 'bad_depth', `a search takes 1 to ${MAX_DEPTH} traces`);
  }
  const found: T[] = [];
  let [spans, bytes] = [0, 0];
  for await (const trace of reader.search({ ...query, signal })) {
    found.push(await use(trace));
    spans += countSpans(trace);
    bytes += trace.bytes;
    if (found.length === depth || spans >= MAX_SPANS || bytes >= MAX_BYTES) break;
  }
  return found;
}

/** The operations of the service in `parameters`, of the kind there; `unknown` is what one without a kind shows. */
export function operations(reader: TraceReader, parameters: URLSearchParams, unknown: string) {
  const wanted = parameter(parameters, 'spanKind');
  return reader
    .operations(parameters.get('service') ?? '')
    .filter(({ kind }) => wanted === undefined || wanted === KINDS[kind])
    .map(({ name, kind }) => ({ name, spanKind: KINDS[kind] || unknown }));
}
