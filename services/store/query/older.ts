// The older paths as Jaeger 1.76 answers them, which its page (the last two), Grafana's data source and older clients call.

import { ApiError } from '../../../runtime/http/api-error.ts';
import type { StoredTrace, TraceReader } from '../storage/storage.ts';
import { dependencies } from './dependencies.ts';
import { oldJson } from './old-json.ts';
import { comma } from './otlp-json.ts';
import { oldReader, readOldSearch } from './parameters.ts';
import { findWhole, json, openTrace, operations, type Pieces, type QueryRequest, type Route } from './route.ts';
import { BadValue, integer, traceId } from './values.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** The older routes over `reader`. */
export function olderRoutes(reader: TraceReader): Route[] {
  return [
    [/^\/api\/services$/, () => listed(reader.services())],
    [/^\/api\/services\/([^/]+)\/operations$/, ({ segment }) => listed(names(segment))],
    [/^\/api\/operations$/, ({ parameters }) => listed(operationsOf(parameters))],
    [/^\/api\/traces$/, async (request) => traces(await foundTraces(request))],
    [/^\/api\/traces\/([^/]+)$/, async (request) => traces([await traceById(request)])],
    [/^\/api\/dependencies$/, async (request) => json(olderAnswer(await links(request)))],
  ];

  function names(service: string): string[] {
    return [...new Set(reader.operations(service).map(({ name }) => name))];
  }

  function operationsOf(parameters: URLSearchParams) {
    if (!parameters.get('service')) throw new BadValue("parameter 'service' is required");
    return operations(reader, parameters, '');
  }

  function foundTraces(request: QueryRequest): Promise<StoredTrace[]> {
    return findWhole(reader, readOldSearch(request.parameters), request);
  }

  async function traceById(request: QueryRequest): Promise<StoredTrace> {
    const found = await openTrace(reader, traceId(request.segment), request);
    if (found === undefined) throw new ApiError(404, 'not_found', 'trace not found');
    return found;
  }

  function links({ parameters, signal }: QueryRequest) {
    const read = oldReader(parameters);
    const end = read(['endTs'], integer) ?? Date.now();
    return dependencies(reader, { start: end - (read(['lookback'], integer) ?? DAY_MS), end, signal });
  }
}

/** The body of every response of these paths, around `data`. */
export function olderAnswer(
  data: object[] | string[] | null,
  more: { total?: number; errors?: object[] } = {},
): object {
  return { data, total: 0, limit: 0, offset: 0, errors: null, ...more };
}

function listed(data: object[] | string[]): Pieces {
  return json(olderAnswer(data, { total: data.length }));
}

function* traces(found: StoredTrace[]): Pieces {
  yield '{"data":[';
  for (const [index, trace] of found.entries()) {
    yield comma(index);
    yield* oldJson(trace);
  }
  yield JSON.stringify(olderAnswer(null)).replace('{"data":null', ']');
}
