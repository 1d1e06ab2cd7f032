// A trace arrives bit by bit: it is fetched again until it has settled, also after errors of the lab or its trace backend.

import { spansOf, type TraceSpan, type TracesData } from '../../../../traces/model.ts';
import { createSettled } from '../../../../traces/settled.ts';
import { ApiError, fetchTrace, LabUnreachable } from '../api.ts';

export type TraceState =
  | { kind: 'loading' }
  | { kind: 'loaded'; spans: TraceSpan[]; data: TracesData; isComplete: boolean }
  | { kind: 'unknown' }
  | { kind: 'failed'; message: string }
  | { kind: 'unreachable'; message: string };

const POLL_MS = 150;
const SLOW_POLL_MS = 2000;
const QUIET_MS = 1200;
/** After this time without spans the page shows that the trace is unknown, and keeps looking. */
const UNKNOWN_AFTER_MS = 2500;
/** A trace that is not complete by then is shown as it is. */
const MAX_WAIT_MS = 60_000;

/** Fetches `traceId` until it is complete and reports each change; returns a function that ends it. */
export function followTrace(traceId: string, onChange: (now: TraceState) => void): () => void {
  const ended = new AbortController();
  void follow(traceId, onChange, ended.signal).catch((error: Error) => {
    if (error.name !== 'AbortError') throw error;
  });
  return () => ended.abort();
}

async function follow(traceId: string, onChange: (now: TraceState) => void, ended: AbortSignal): Promise<void> {
  const began = performance.now();
  const isSettled = createSettled(QUIET_MS);
  let spans: TraceSpan[] = [];
  let since = began;
  let wasComplete = false;
  while (!ended.aborted) {
    const found = await load(traceId, ended);
    if (ended.aborted) return;
    const now = performance.now();
    if ('data' in found) {
      const isNew = found.spans.length !== spans.length;
      if (isNew) [spans, since] = [found.spans, now];
      const isComplete = isSettled(spans);
      if (isNew || isComplete !== wasComplete) onChange({ kind: 'loaded', spans, data: found.data, isComplete });
      wasComplete = isComplete;
      if (isComplete || now - since > MAX_WAIT_MS) return;
    } else if (spans.length === 0) {
      if (found.kind !== 'unknown' || now - began > UNKNOWN_AFTER_MS) onChange(found);
      if (found.kind === 'failed') return;
    }
    const isPatient = spans.length > 0 ? now - since < 5000 : now - began < UNKNOWN_AFTER_MS;
    await pause(isPatient ? POLL_MS : SLOW_POLL_MS, ended);
  }
}

type LoadedTrace = { spans: TraceSpan[]; data: TracesData };

async function load(
  traceId: string,
  ended: AbortSignal,
): Promise<LoadedTrace | Exclude<TraceState, { kind: 'loaded' }>> {
  try {
    const data = await fetchTrace(traceId, ended);
    const spans = spansOf(data);
    return spans.length > 0 ? { spans, data } : { kind: 'unknown' };
  } catch (error) {
    if (error instanceof LabUnreachable) return { kind: 'unreachable', message: error.message };
    if (error instanceof ApiError && error.status === 404) return { kind: 'unknown' };
    if (error instanceof ApiError) return { kind: 'failed', message: error.message };
    throw error;
  }
}

function pause(ms: number, ended: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    ended.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
