// A trace arrives bit by bit: asked for until it has settled. What is not there yet is
// asked for again, and so is a store or a lab that is away.

import { spansOf, type TraceSpan, type TracesData } from '../../../../traces/model.ts';
import { createSettled } from '../../../../traces/settled.ts';
import { Away, fetchTrace, Refused } from '../api.ts';

export type Arriving =
  | { kind: 'looking' }
  | { kind: 'here'; spans: TraceSpan[]; data: TracesData; isComplete: boolean }
  | { kind: 'unknown' }
  | { kind: 'wrong'; message: string }
  | { kind: 'away'; message: string };

const OFTEN_MS = 150;
const SELDOM_MS = 2000;
const QUIET_MS = 1200;
/** So long an unknown trace is only looked for; then the page says that it is unknown, and looks on. */
const PATIENCE_MS = 2500;
/** A trace that has not become whole by then is shown as it is. */
const ENOUGH_MS = 60_000;

/** Follows `traceId`, telling each change; returns what ends it. */
export function followTrace(traceId: string, tell: (now: Arriving) => void): () => void {
  const ended = new AbortController();
  void follow(traceId, tell, ended.signal).catch((error: Error) => {
    if (error.name !== 'AbortError') throw error;
  });
  return () => ended.abort();
}

async function follow(traceId: string, tell: (now: Arriving) => void, ended: AbortSignal): Promise<void> {
  const began = performance.now();
  const isSettled = createSettled(QUIET_MS);
  let spans: TraceSpan[] = [];
  let since = began;
  let wasComplete = false;
  while (!ended.aborted) {
    const found = await look(traceId, ended);
    if (ended.aborted) return;
    const now = performance.now();
    if ('data' in found) {
      const isNew = found.spans.length !== spans.length;
      if (isNew) [spans, since] = [found.spans, now];
      const isComplete = isSettled(spans);
      if (isNew || isComplete !== wasComplete) tell({ kind: 'here', spans, data: found.data, isComplete });
      wasComplete = isComplete;
      if (isComplete || now - since > ENOUGH_MS) return;
    } else if (spans.length === 0) {
      if (found.kind !== 'unknown' || now - began > PATIENCE_MS) tell(found);
      if (found.kind === 'wrong') return;
    }
    const isPatient = spans.length > 0 ? now - since < 5000 : now - began < PATIENCE_MS;
    await pause(isPatient ? OFTEN_MS : SELDOM_MS, ended);
  }
}

type Found = { spans: TraceSpan[]; data: TracesData };

async function look(traceId: string, ended: AbortSignal): Promise<Found | Exclude<Arriving, { kind: 'here' }>> {
  try {
    const data = await fetchTrace(traceId, ended);
    const spans = spansOf(data);
    return spans.length > 0 ? { spans, data } : { kind: 'unknown' };
  } catch (error) {
    if (error instanceof Away) return { kind: 'away', message: error.message };
    if (error instanceof Refused && error.status === 404) return { kind: 'unknown' };
    if (error instanceof Refused) return { kind: 'wrong', message: error.message };
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
