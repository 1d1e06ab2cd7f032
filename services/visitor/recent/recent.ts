// Recent traces, newest first: found by Jaeger's search, each read once for what its root says, and kept in mind until
// more of its spans arrive.

import { ATTR_LEARNER, ATTR_SCENARIO } from '../../../otel/contract/names.ts';
import { readTrace, searchTraces, type TraceSummary, TraceTooLarge } from '../../../traces/jaeger.ts';
import type { TraceFilter, TraceRow } from '../api.ts';
import { isWanted, rowOf } from './rows.ts';

/** How far back is looked, in ms: as long as the embedded store keeps a trace. */
const REACH = 30 * 24 * 60 * 60 * 1000;
/** How far ahead the clocks of senders may be, in ms. */
const AHEAD = 365 * 24 * 60 * 60 * 1000;
/** A trace of more bytes than this is not read for its line: what its summary says is enough. */
const READ_BYTES = 4_000_000;
/** How many traces are looked at where Jaeger can't tell which are wanted. */
const DEPTH = 300;
const REMEMBERED = 1000;
const AT_ONCE = 8;

/** Reads recent traces from Jaeger at `jaegerUrl`. */
export function createRecent(jaegerUrl: string) {
  const known = new Map<string, { spanCount: number; row: TraceRow }>();

  /** The line of the trace that `summary` is of. */
  async function describe(summary: TraceSummary, signal?: AbortSignal): Promise<TraceRow> {
    const { traceId, spanCount = 0 } = summary;
    const before = known.get(traceId);
    if (before?.spanCount === spanCount) return before.row;
    const { spans } = await readTrace(jaegerUrl, traceId, signal, READ_BYTES).catch((error: unknown) => {
      if (error instanceof TraceTooLarge) return { spans: [] };
      throw error;
    });
    const row = rowOf(summary, spans);
    known.delete(traceId);
    known.set(traceId, { spanCount, row });
    const [oldest] = known.keys();
    if (known.size > REMEMBERED && oldest !== undefined) known.delete(oldest);
    return row;
  }

  /** Summaries of the newest traces that began since `since` (ms since 1970). Throws a TracesAway. */
  function summaries(since: number, searchDepth: number, more: object = {}, signal?: AbortSignal) {
    const times = { startTimeMin: new Date(since), startTimeMax: new Date(Date.now() + AHEAD) };
    return searchTraces(jaegerUrl, { ...times, searchDepth, ...more }, signal);
  }

  /** The newest traces that `filter` asks for. Throws a TracesAway. */
  async function find({ limit = 20, ...filter }: TraceFilter, signal?: AbortSignal): Promise<TraceRow[]> {
    const { scenario, learner, minDuration, status, maxDuration, q } = filter;
    const attributes = {
      ...(scenario !== undefined && { [ATTR_SCENARIO]: scenario }),
      ...(learner !== undefined && { [ATTR_LEARNER]: learner }),
    };
    const isJaegersToTell = status === undefined && maxDuration === undefined && q === undefined;
    const found = await summaries(
      Date.now() - REACH,
      isJaegersToTell && minDuration === undefined ? limit : DEPTH,
      Object.keys(attributes).length > 0 ? { attributes: JSON.stringify(attributes) } : {},
      signal,
    );
    found.sort((a, b) => Number(BigInt(b.minStartTimeUnixNano ?? 0) - BigInt(a.minStartTimeUnixNano ?? 0)));
    const rows: TraceRow[] = [];
    for (let at = 0; at < found.length && rows.length < limit; at += AT_ONCE) {
      const some = found.slice(at, at + AT_ONCE).map((summary) => describe(summary, signal));
      rows.push(...(await Promise.all(some)).filter((row) => isWanted(row, filter)));
    }
    return rows.slice(0, limit);
  }

  return { find, describe, summaries };
}

export type Recent = ReturnType<typeof createRecent>;
