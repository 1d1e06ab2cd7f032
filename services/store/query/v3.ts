// The public /api/v3 as Jaeger 2.20 answers it: OTLP in JSON. https://www.jaegertracing.io/docs/2.20/architecture/apis/

import { ApiError } from '../../../runtime/http/api-error.ts';
import { SPAN_COUNT_HEADER } from '../../../traces/jaeger.ts';
import { countSpans } from '../storage/assemble.ts';
import type { StoredTrace, TraceReader } from '../storage/storage.ts';
import { otlpJson } from './otlp-json.ts';
import { checkTraceParameters, readSearch } from './parameters.ts';
import { find, findWhole, json, openTrace, operations, type QueryRequest, type Route } from './route.ts';
import { summarise } from './summary.ts';
import { rephrase, traceId } from './values.ts';

const NOTHING_FOUND = 'No traces found';

/** The routes of /api/v3 over `reader`. */
export function v3Routes(reader: TraceReader): Route[] {
  return [
    [/^\/api\/v3\/services$/, () => json({ services: reader.services() })],
    [/^\/api\/v3\/operations$/, ({ parameters }) => json({ operations: operations(reader, parameters, 'internal') })],
    [/^\/api\/v3\/traces$/, async (request) => otlpJson(await foundTraces(request))],
    [/^\/api\/v3\/traces\/([^/]+)$/, async (request) => otlpJson([await traceById(request)])],
    [/^\/api\/v3\/trace-summaries$/, async (request) => json({ summaries: await summaries(request) })],
  ];

  async function foundTraces(request: QueryRequest): Promise<StoredTrace[]> {
    const found = await findWhole(reader, readSearch(request.parameters), request);
    if (found.length === 0) throw new ApiError(404, 'not_found', NOTHING_FOUND);
    return found;
  }

  function summaries(request: QueryRequest) {
    return find(reader, readSearch(request.parameters), request, summarise);
  }

  async function traceById(request: QueryRequest): Promise<StoredTrace> {
    const { parameters, segment, response } = request;
    const id = rephrase(
      () => traceId(segment),
      (message) => `malformed parameter trace_id: ${message}`,
    );
    checkTraceParameters(parameters);
    const found = await openTrace(reader, id, request);
    if (found === undefined) throw new ApiError(404, 'not_found', NOTHING_FOUND);
    if (countSpans(found) < found.spanCount) response.setHeader(SPAN_COUNT_HEADER, found.spanCount);
    return found;
  }
}
