// GET /traces: recent traces, a line each. GET /live: each new one as it settles, by the same query. GET /traces/<id>.json: one as OTLP.

import * as v from 'valibot';
import { type Reply, type Route, route } from '../../../runtime/control/route.ts';
import { checked, object } from '../../../runtime/control/schema.ts';
import { Problem } from '../../../runtime/http/problem.ts';
import { currentName } from '../../../scenarios/scenarios.ts';
import { readTraceData, SPAN_COUNT_HEADER, TracesAway } from '../../../traces/jaeger.ts';
import { parseTraceId } from '../../../traces/model.ts';
import type { TraceFilter, Traces } from '../api.ts';
import type { VisitorParts } from '../parts.ts';
import { isWanted } from '../recent/rows.ts';

const MAX_ROWS = 200;
const DEFAULT_ROWS = 20;

const TAKES_ROWS = `takes a whole number from 1 to ${MAX_ROWS}`;
const TAKES_MS = 'takes a number of ms';

const milliseconds = () =>
  v.optional(v.pipe(v.string(), v.regex(/^\d{1,9}(\.\d{1,6})?$/, TAKES_MS), v.transform(Number)));

const filter = object({
  limit: v.pipe(
    v.optional(v.string(), `${DEFAULT_ROWS}`),
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

/** The routes of traces. */
export function traceRoutes({ config, recent, live }: VisitorParts): Route[] {
  return [
    route('GET /traces', async ({ query, signal }) => {
      const traces = await orAway(recent.find(filterOf(query, config.learner), signal));
      return { body: { traces, learner: config.learner ?? null } satisfies Traces };
    }),
    route('GET /traces/:id.json', async ({ params, signal }) => otlp(params.id, config.jaegerUrl, signal)),
    route('GET /live', ({ query, signal }) => {
      const wanted = filterOf(query, config.learner);
      const body = live.listen(signal, (row) => isWanted(row, wanted));
      return { headers: { 'content-type': 'text/event-stream' }, body };
    }),
  ];
}

/** What a query asks for, of the lab's own learner's traces unless it names another, or `*` for everybody's. Throws a Problem (400). */
export function filterOf(query: URLSearchParams, own: string | undefined): TraceFilter & { limit: number } {
  const asked = checked(filter, Object.fromEntries([...query].filter(([, value]) => value.trim() !== '')));
  const { learner = own, ...wanted } = asked;
  return learner === undefined || learner === '*' ? wanted : { ...wanted, learner };
}

async function otlp(id: string, jaegerUrl: string, signal: AbortSignal): Promise<Reply> {
  const traceId = parseTraceId(id);
  if (traceId === undefined) throw new Problem(400, 'bad_trace_id', 'A trace id is of up to 32 hexadecimal digits');
  const { data, total } = await orAway(readTraceData(jaegerUrl, traceId, signal));
  if (data === null) throw new Problem(404, 'no_trace', `No trace ${traceId} is filed here (yet)`);
  return { headers: total > 0 ? { [SPAN_COUNT_HEADER]: total } : {}, body: data };
}

/** What `asked` resolves with; a place of traces that is away becomes a Problem. */
export async function orAway<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    throw error instanceof TracesAway ? new Problem(502, 'traces_away', error.message) : error;
  }
}
