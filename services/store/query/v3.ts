// The public /api/v3 as Jaeger 2.20 answers it: OTLP in JSON. https://www.jaegertracing.io/docs/2.20/architecture/apis/

import { SPAN_COUNT_HEADER } from '../../../traces/jaeger.ts';
import { countSpans } from '../storage/assemble.ts';
import type { StoredTrace, TraceReader } from '../storage/storage.ts';
import { otlpJson } from './otlp-json.ts';
import { checkTraceParameters, readSearch } from './parameters.ts';
import { find, findWhole, json, openTrace, operations, type QueryRequest, Refused, type Route } from './route.ts';
import { summarise } from './summary.ts';
import { BadValue, traceId } from './values.ts';

const NOTHING_FOUND = 'No traces found';

/** The routes of /api/v3 over `reader`. */
export function v3Routes(reader: TraceReader): Route[] {
  return [
    [/^\/api\/v3\/services$/, () => json({ services: reader.services() })],
    [/^\/api\/v3\/operations$/, ({ parameters }) => json({ operations: operations(reader, parameters, 'internal') })],
    [/^\/api\/v3\/traces$/, async (asked) => otlpJson(await foundTraces(asked))],
    [/^\/api\/v3\/traces\/([^/]+)$/, async (asked) => otlpJson([await traceById(asked)])],
    [/^\/api\/v3\/trace-summaries$/, async (asked) => json({ summaries: await summaries(asked) })],
  ];

  async function foundTraces(asked: QueryRequest): Promise<StoredTrace[]> {
    const found = await findWhole(reader, readSearch(asked.parameters), asked);
    if (found.length === 0) throw new Refused(404, NOTHING_FOUND);
    return found;
  }

  function summaries(asked: QueryRequest) {
    return find(reader, readSearch(asked.parameters), asked, summarise);
  }

  async function traceById(asked: QueryRequest): Promise<StoredTrace> {
    const { parameters, segment, response } = asked;
    const id = idOf(segment);
    checkTraceParameters(parameters);
    const found = await openTrace(reader, id, asked);
    if (found === undefined) throw new Refused(404, NOTHING_FOUND);
    if (countSpans(found) < found.spanCount) response.setHeader(SPAN_COUNT_HEADER, found.spanCount);
    return found;
  }
}

function idOf(segment: string): string {
  try {
    return traceId(segment);
  } catch (error) {
    throw error instanceof BadValue ? new BadValue(`malformed parameter trace_id: ${error.message}`) : error;
  }
}
