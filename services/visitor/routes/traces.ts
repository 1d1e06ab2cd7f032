// GET /traces: recent traces, a row each. GET /live: each new one as it is complete, by the same query. GET /traces/<id>.json: one as OTLP.
// GET /traces/<id>/diagnosis: what is wrong with it, and which spans link to it.

import * as v from 'valibot';
import { type Route, route } from '../../../runtime/control/route.ts';
import { checked, object } from '../../../runtime/control/schema.ts';
import { ApiError } from '../../../runtime/http/api-error.ts';
import { currentName } from '../../../scenarios/scenarios.ts';
import { diagnose } from '../../../traces/diagnosis/diagnose.ts';
import { readTrace, readTraceData, SPAN_COUNT_HEADER, TraceBackendUnavailable } from '../../../traces/jaeger.ts';
import { parseTraceId } from '../../../traces/model.ts';
import type { Diagnosis, TraceFilter, Traces } from '../api.ts';
import type { VisitorParts } from '../parts.ts';
import { readLinkedFrom } from '../recent/linked-from.ts';
import { readNeighbours } from '../recent/neighbours.ts';
import { rowMatches } from '../recent/row-matches.ts';

const MAX_ROWS = 200;
const DEFAULT_ROWS = '20';
const TAKES_ROWS = `takes a whole number from 1 to ${MAX_ROWS}`;

const milliseconds = () =>
  v.optional(v.pipe(v.string(), v.regex(/^\d{1,9}(\.\d{1,6})?$/, 'takes a number of ms'), v.transform(Number)));

const filterQuery = object({
  limit: v.pipe(
    v.optional(v.string(), DEFAULT_ROWS),
    v.regex(/^\d{1,3}$/, TAKES_ROWS),
    v.transform(Number),
    v.check((rows) => rows >= 1 && rows <= MAX_ROWS, TAKES_ROWS),
  ),
  scenario: v.optional(v.pipe(v.string(), v.transform(currentName))),
  learner: v.optional(v.string()),
  status: v.optional(
    v.pipe(v.string(), v.regex(/^([1-5]\d\d|[1-5]xx|none)$/, 'takes a status (404), a class of them (5xx), or none')),
  ),
  minDuration: milliseconds(),
  maxDuration: milliseconds(),
  q: v.optional(v.pipe(v.string(), v.maxLength(200, 'takes at most 200 characters'))),
});

export function traceRoutes({ config, recent, live }: VisitorParts): Route[] {
  const { jaegerUrl, learner } = config;
  return [
    route('GET /traces', async ({ query, signal }) => {
      const traces = await orUnavailable(recent.find(parseFilter(query, learner), signal));
      return { body: { traces, learner: learner ?? null } satisfies Traces };
    }),
    route('GET /traces/:id.json', async ({ params, signal }) => {
      const traceId = requiredTraceId(params.id);
      const { data, total } = await orUnavailable(readTraceData(jaegerUrl, traceId, signal));
      if (data === null) throw new ApiError(404, 'no_trace', `There is no trace ${traceId} (yet)`);
      return { headers: total > 0 ? { [SPAN_COUNT_HEADER]: total } : {}, body: data };
    }),
    route('GET /traces/:id/diagnosis', async ({ params, signal }) => {
      const traceId = requiredTraceId(params.id);
      const { spans } = await orUnavailable(readTrace(jaegerUrl, traceId, signal));
      if (spans.length === 0) throw new ApiError(404, 'no_trace', `There is no trace ${traceId} (yet)`);
      const neighbours = await orUnavailable(readNeighbours(jaegerUrl, spans, signal));
      const linkedFrom = await readLinkedFrom(jaegerUrl, spans, signal);
      return { body: { findings: diagnose(spans, neighbours), linkedFrom } satisfies Diagnosis };
    }),
    route('GET /live', ({ query, signal }) => {
      const filter = parseFilter(query, learner);
      const body = live.listen(signal, (row) => rowMatches(row, filter));
      return { headers: { 'content-type': 'text/event-stream' }, body };
    }),
  ];
}

/** The filter in a query. Without `learner` in it, it is the lab's own; `*` is every learner. Throws an ApiError (400). */
export function parseFilter(query: URLSearchParams, ownLearner: string | undefined): TraceFilter & { limit: number } {
  const values = Object.fromEntries([...query].filter(([, value]) => value.trim() !== ''));
  const { learner = ownLearner, ...filter } = checked(filterQuery, values);
  return learner === undefined || learner === '*' ? filter : { ...filter, learner };
}

/** The trace id in an address, in its full length. Throws an ApiError (400). */
export function requiredTraceId(text: string): string {
  const traceId = parseTraceId(text);
  if (traceId === undefined) throw new ApiError(400, 'bad_trace_id', 'A trace id has up to 32 hexadecimal digits');
  return traceId;
}

/** What `reading` resolves with; throws an ApiError (502) when traces cannot be read. */
export async function orUnavailable<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    throw error instanceof TraceBackendUnavailable ? new ApiError(502, 'traces_unavailable', error.message) : error;
  }
}
