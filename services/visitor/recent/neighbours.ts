// The traces around one, in outline, for its diagnosis: those that began while it was under way, and the latest of its route before it.

import { type Neighbours, type Outline, outlineOf } from '../../../traces/diagnosis/outline.ts';
import { readTrace, searchTraces, type TraceQuery, type TraceSummary } from '../../../traces/jaeger.ts';
import type { TraceSpan } from '../../../traces/model.ts';
import { endOf } from '../../../traces/segments.ts';
import { rootsOf } from '../../../traces/tree.ts';

/** How long before and after the trace another one may begin that belongs to it, in ms. */
const NEAR_MS = 1000;
/** How far back traces of the same route are searched, in ms. */
const REACH_MS = 60 * 60 * 1000;
const MAX_NEAR = 20;
const MAX_ALIKE = 10;
const MAX_BYTES = 4_000_000;

/** Reads the neighbours of `spans` (one trace) from Jaeger; a trace that is too large or gone is left out. */
export async function readNeighbours(
  jaegerUrl: string,
  spans: readonly TraceSpan[],
  signal?: AbortSignal,
): Promise<Neighbours> {
  const [first] = spans;
  const root = rootsOf(spans)[0];
  if (first === undefined || root === undefined) return { near: [], alike: [] };
  const end = spans.reduce((last, span) => Math.max(last, endOf(span)), first.start);
  const search = async (query: TraceQuery) => {
    const found = await searchTraces(jaegerUrl, query, signal);
    return found.filter(({ traceId }) => traceId.padStart(32, '0') !== first.traceId);
  };
  const near = await search({
    startTimeMin: new Date(first.start - NEAR_MS),
    startTimeMax: new Date(end + NEAR_MS),
    searchDepth: MAX_NEAR,
  });
  const alike = await search({
    startTimeMin: new Date(first.start - REACH_MS),
    startTimeMax: new Date(first.start),
    searchDepth: MAX_ALIKE,
    serviceName: root.service,
    operationName: root.name,
  });
  const outlines = (summaries: readonly TraceSummary[]) => readOutlines(jaegerUrl, summaries, signal);
  return { near: await outlines(near), alike: await outlines(alike) };
}

async function readOutlines(jaegerUrl: string, summaries: readonly TraceSummary[], signal?: AbortSignal) {
  const read = summaries.map(async ({ traceId }): Promise<Outline[]> => {
    const { spans } = await readTrace(jaegerUrl, traceId, signal, MAX_BYTES).catch(() => ({ spans: [] }));
    return spans.length === 0 ? [] : [outlineOf(spans)];
  });
  return (await Promise.all(read)).flat();
}
