// GET /live: new traces as they settle, to whoever listens (server-sent events, https://html.spec.whatwg.org/#server-sent-events).
//
//   event: trace   data: a line of GET /traces that the query asks for; again when more of its spans have come
//   event: away    data: {"message"}: traces cannot be read just now; what comes afterwards is told
//   : still here   every 15 s, so that a silent connection is not taken for a dead one
//
// Jaeger is queried only while there are listeners. When there are too many, the one that has listened longest is ended for
// the new one: a browser comes again by itself, and a client that does not read keeps no other out.

import { setTimeout as delay } from 'node:timers/promises';
import { log } from '../../../runtime/log.ts';
import { SharedBound } from '../../../runtime/net/shared-bound.ts';
import type { TraceRow } from '../api.ts';
import type { Recent } from './recent.ts';

const MAX_LISTENERS = 32;
/** How often Jaeger is asked, in ms; a trace has settled when two answers in a row say the same of it. */
const EVERY = 150;
const EVERY_WHILE_AWAY = 1000;
/** How far back is looked: a trace that takes longer until its last span is told without it. */
const REACH = 20_000;
const DEPTH = 100;
const STILL_HERE = 15_000;
/** How many events may wait for a listener that does not read; then its connection ends, and it comes again. */
const MAX_WAITING = 1000;

/** `wants` says which traces it is told of. */
type Listener = { push: (event: string) => void; wants: (row: TraceRow) => boolean };

/** Tells of new traces that `recent` finds. */
export function createLive(recent: Recent) {
  const listeners = new Set<Listener>();
  const places = new SharedBound(MAX_LISTENERS);
  const closed = new AbortController();
  let isWatching = false;

  /** Tells every listener of each trace that comes, and of those of the last seconds: they may still be on their way. */
  async function watch(): Promise<void> {
    const seen = new Map<string, { spanCount: number; told: number }>();
    let isAway = false;
    isWatching = true;
    while (listeners.size > 0 && !closed.signal.aborted) {
      try {
        const found = await recent.summaries(Date.now() - REACH, DEPTH, {}, closed.signal);
        isAway = false;
        for (const summary of found.reverse()) {
          const { traceId, spanCount = 0 } = summary;
          const before = seen.get(traceId);
          const told = before?.told ?? 0;
          const isSettled = before?.spanCount === spanCount;
          if (isSettled && told !== spanCount) {
            const row = await recent.describe(summary, closed.signal);
            tell('trace', row, ({ wants }) => wants(row));
          }
          seen.set(traceId, { spanCount, told: isSettled ? spanCount : told });
        }
        forget(seen, new Set(found.map(({ traceId }) => traceId)));
      } catch (error) {
        if (closed.signal.aborted) break;
        if (!isAway) {
          log.warn({ err: error }, 'traces cannot be read');
          tell('away', { message: (error as Error).message });
        }
        isAway = true;
      }
      await delay(isAway ? EVERY_WHILE_AWAY : EVERY, undefined, { signal: closed.signal }).catch(() => {});
    }
    isWatching = false;
  }

  function tell(event: string, data: object, isFor: (listener: Listener) => boolean = () => true): void {
    for (const listener of [...listeners].filter(isFor))
      listener.push(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  return {
    /** What comes from now on and `wants` takes, as server-sent events, until `gone` aborts. */
    listen(gone: AbortSignal, wants: Listener['wants'] = () => true): AsyncIterable<string> {
      const ended = new AbortController();
      return listening(AbortSignal.any([gone, closed.signal, ended.signal]), (push) => {
        const listener = { push, wants };
        const share = places.acquire(1, { ms: 0, takeBack: () => ended.abort() });
        listeners.add(listener);
        if (!isWatching) void watch();
        return () => {
          listeners.delete(listener);
          share?.release();
        };
      });
    },
    close: () => closed.abort(),
  };
}

/** What a listener is pushed, in order, until `signal` aborts. */
async function* listening(signal: AbortSignal, join: (push: Listener['push']) => () => void): AsyncGenerator<string> {
  let waiting = ['retry: 1000\n\n'];
  let wake = () => {};
  const push = (event: string) => {
    waiting.push(event);
    wake();
  };
  const leave = join(push);
  const timer = setInterval(push, STILL_HERE, ': still here\n\n');
  signal.addEventListener('abort', () => wake(), { once: true });
  try {
    while (!signal.aborted && waiting.length <= MAX_WAITING) {
      const events = waiting;
      waiting = [];
      yield* events;
      if (waiting.length === 0 && !signal.aborted) await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    clearInterval(timer);
    leave();
  }
}

/** Traces that are too old to be found any more. */
function forget(seen: Map<string, unknown>, found: ReadonlySet<string>): void {
  for (const traceId of seen.keys()) if (!found.has(traceId)) seen.delete(traceId);
}

export type Live = ReturnType<typeof createLive>;
