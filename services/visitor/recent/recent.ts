// Recent traces, newest first: found by Jaeger's search, each read once for its root's attributes, and cached until more of its
// spans arrive.

import { ATTR_LEARNER, ATTR_SCENARIO } from '../../../otel/contract/names.ts';
import { inGroups } from '../../../traces/in-groups.ts';
import { readTrace, searchTraces, type TraceSummary, TraceTooLarge } from '../../../traces/jaeger.ts';
import type { TraceFilter, TraceRow } from '../api.ts';
import { rowMatches } from './row-matches.ts';
import { traceRow } from './rows.ts';

/** How far back a search goes, in ms: as long as the embedded store keeps a trace. */
const REACH_MS = 30 * 24 * 60 * 60 * 1000;
/** How far ahead the clocks of senders may be, in ms. */
const MAX_AHEAD_MS = 365 * 24 * 60 * 60 * 1000;
/** A larger trace is not read for its row: its summary is enough. */
const MAX_BYTES = 4_000_000;
/** How many traces are searched for a filter that Jaeger does not have. */
const MAX_SEARCHED = 300;
const MAX_CACHED = 1000;
const CONCURRENT_READS = 8;

/** Reads recent traces from Jaeger at `jaegerUrl`; its methods throw a TraceBackendUnavailable. */
export function createRecent(jaegerUrl: string) {
  const cached = new Map<string, { spanCount: number; row: TraceRow }>();

  /** The row of the trace of `summary`. */
  async function describe(summary: TraceSummary, signal?: AbortSignal): Promise<TraceRow> {
    const { traceId, spanCount = 0 } = summary;
    const before = cached.get(traceId);
    if (before?.spanCount === spanCount) return before.row;
    const { spans } = await readTrace(jaegerUrl, traceId, signal, MAX_BYTES).catch((error: unknown) => {
      if (error instanceof TraceTooLarge) return { spans: [] };
      throw error;
    });
    const row = traceRow(summary, spans);
    cached.delete(traceId);
    cached.set(traceId, { spanCount, row });
    const [oldest] = cached.keys();
    if (cached.size > MAX_CACHED && oldest !== undefined) cached.delete(oldest);
    return row;
  }

  /** Summaries of the newest `searchDepth` traces that started at `since` (ms since 1970) or later. */
  function summaries(since: number, searchDepth: number, more: object = {}, signal?: AbortSignal) {
    const times = { startTimeMin: new Date(since), startTimeMax: new Date(Date.now() + MAX_AHEAD_MS) };
    return searchTraces(jaegerUrl, { ...times, searchDepth, ...more }, signal);
  }

  /** The newest traces that match `filter`. */
  async function find({ limit = 20, ...filter }: TraceFilter, signal?: AbortSignal): Promise<TraceRow[]> {
    const { scenario, learner, minDuration, status, maxDuration, q } = filter;
    const attributes = {
      ...(scenario !== undefined && { [ATTR_SCENARIO]: scenario }),
      ...(learner !== undefined && { [ATTR_LEARNER]: learner }),
    };
    const canJaegerFilter = [status, minDuration, maxDuration, q].every((each) => each === undefined);
    const found = await summaries(
      Date.now() - REACH_MS,
      canJaegerFilter ? limit : MAX_SEARCHED,
      Object.keys(attributes).length > 0 ? { attributes: JSON.stringify(attributes) } : {},
      signal,
    );
    found.sort((a, b) => Number(BigInt(b.minStartTimeUnixNano ?? 0) - BigInt(a.minStartTimeUnixNano ?? 0)));
    const rows: TraceRow[] = [];
    for await (const row of inGroups(found, CONCURRENT_READS, (summary) => describe(summary, signal))) {
      if (rowMatches(row, filter)) rows.push(row);
      if (rows.length === limit) break;
    }
    return rows;
  }

  return { find, describe, summaries };
}

export type Recent = ReturnType<typeof createRecent>;
