// What the routes of the query API have in common.

import type { ServerResponse } from 'node:http';
import { countSpans, MAX_BYTES } from '../storage/assemble.ts';
import { KINDS } from '../storage/match.ts';
import type { StoredTrace, TraceReader } from '../storage/storage.ts';
import { parameter, type Search } from './parameters.ts';

/** How many traces one search may ask for (as many as Jaeger's page lets one choose), and after how many spans it ends. */
const MAX_DEPTH = 1500;
const MAX_SPANS = 100_000;

/** A path, and how it is answered: with the pieces of the answer's JSON. */
export type Route = [path: RegExp, answer: (asked: QueryRequest) => Pieces | Promise<Pieces>];
export type Pieces = Iterable<string>;

/** What was asked: parameters, the segment of the path that is a name or an id, and when the client goes. */
export type QueryRequest = {
  parameters: URLSearchParams;
  segment: string;
  signal: AbortSignal;
  response: ServerResponse;
  /** Waits until there is room for so many bytes of spans more, until it is answered. Throws Refused. */
  hold: (bytes: number) => Promise<void>;
};

/** An answer that is not 200. */
export class Refused extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The traces that fulfil a search, newest first, kept until they are answered. Throws Refused. */
export function findWhole(reader: TraceReader, search: Search, asked: QueryRequest): Promise<StoredTrace[]> {
  return find(reader, search, asked, async (trace) => {
    await asked.hold(trace.bytes);
    return trace;
  });
}

/** The trace of that id, kept until it is answered; undefined if there is none. Throws Refused. */
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

/** The traces that fulfil a search, newest first, each as `use` makes it. Throws Refused. */
export async function find<T>(
  reader: TraceReader,
  { query, depth }: Search,
  { signal }: QueryRequest,
  use: (trace: StoredTrace) => T | Promise<T>,
): Promise<T[]> {
  if (depth <= 0 || depth > MAX_DEPTH) throw new Refused(500, `a search takes 1 to ${MAX_DEPTH} traces`);
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

/** The operations of the service that is asked for, of the kind that is; `unknown` is the kind of what does not give any. */
export function operations(reader: TraceReader, parameters: URLSearchParams, unknown: string) {
  const wanted = parameter(parameters, 'spanKind');
  return reader
    .operations(parameters.get('service') ?? '')
    .filter(({ kind }) => wanted === undefined || wanted === KINDS[kind])
    .map(({ name, kind }) => ({ name, spanKind: KINDS[kind] || unknown }));
}
