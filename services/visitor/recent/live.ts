// GET /live: new traces as they become complete, as server-sent events (https://html.spec.whatwg.org/#server-sent-events).
//
//   event: trace         data: a row of GET /traces that matches the query; sent again when more of its spans have arrived
//   event: unavailable   data: {"message"}: traces cannot be read at the moment; new ones are sent once they can
//   : keep-alive         every 15 s, so that an idle connection is not taken for a dead one
//
// Jaeger is queried only while there are clients. When there are too many, the one connected longest is ended for the new one:
// a browser reconnects by itself, and a client that does not read keeps no other out.

import { setTimeout as delay } from 'node:timers/promises';
import { log } from '../../../runtime/log.ts';
import { SharedBound } from '../../../runtime/net/shared-bound.ts';
import type { TraceRow } from '../api.ts';
import type { Recent } from './recent.ts';

const MAX_CLIENTS = 32;
/** How often Jaeger is queried, in ms; a trace is complete when two answers in a row have the same number of its spans. */
const POLL_MS = 150;
const POLL_WHILE_UNAVAILABLE_MS = 1000;
/** How far back a query goes: a trace that takes longer until its last span is sent without it. */
const REACH_MS = 20_000;
const MAX_TRACES = 100;
const KEEP_ALIVE_MS = 15_000;
/** How many events may wait for a client that does not read; then its connection is closed. */
const MAX_QUEUED = 1000;

/** `wants`: which traces it is sent. */
type Client = { push: (event: string) => void; wants: (row: TraceRow) => boolean };

/** Streams the new traces of `recent`. */
export function createLive(recent: Recent) {
  const clients = new Set<Client>();
  const bound = new SharedBound(MAX_CLIENTS);
  const closed = new AbortController();
  let isPolling = false;

  async function poll(): Promise<void> {
    const known = new Map<string, { spanCount: number; sent: number }>();
    let isUnavailable = false;
    isPolling = true;
    while (clients.size > 0 && !closed.signal.aborted) {
      try {
        const summaries = await recent.summaries(Date.now() - REACH_MS, MAX_TRACES, {}, closed.signal);
        isUnavailable = false;
        for (const summary of summaries.reverse()) {
          const { traceId, spanCount = 0 } = summary;
          const last = known.get(traceId);
          const isSettled = last?.spanCount === spanCount;
          if (isSettled && last.sent !== spanCount) {
            const row = await recent.describe(summary, closed.signal);
            push('trace', row, ({ wants }) => wants(row));
          }
          known.set(traceId, { spanCount, sent: isSettled ? spanCount : (last?.sent ?? 0) });
        }
        const current = new Set(summaries.map(({ traceId }) => traceId));
        for (const traceId of known.keys()) if (!current.has(traceId)) known.delete(traceId);
      } catch (error) {
        if (closed.signal.aborted) break;
        if (!isUnavailable) {
          log.warn({ err: error }, 'traces cannot be read');
          push('unavailable', { message: (error as Error).message });
        }
        isUnavailable = true;
      }
      const pause = isUnavailable ? POLL_WHILE_UNAVAILABLE_MS : POLL_MS;
      await delay(pause, undefined, { signal: closed.signal }).catch(() => {});
    }
    isPolling = false;
  }

  function push(event: string, data: object, isFor: (client: Client) => boolean = () => true): void {
    for (const client of [...clients].filter(isFor)) client.push(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  return {
    /** The traces from now on that `wants` accepts, as server-sent events, until `gone` aborts. */
    async *listen(gone: AbortSignal, wants: Client['wants'] = () => true): AsyncGenerator<string> {
      const ended = new AbortController();
      const signal = AbortSignal.any([gone, closed.signal, ended.signal]);
      let queued = ['retry: 1000\n\n'];
      let wake = () => {};
      const client: Client = {
        push(event) {
          queued.push(event);
          wake();
        },
        wants,
      };
      const share = bound.acquire(1, { ms: 0, takeBack: () => ended.abort() });
      clients.add(client);
      if (!isPolling) void poll();
      const timer = setInterval(client.push, KEEP_ALIVE_MS, ': keep-alive\n\n');
      signal.addEventListener('abort', () => wake(), { once: true });
      try {
        while (!signal.aborted && queued.length <= MAX_QUEUED) {
          const events = queued;
          queued = [];
          yield* events;
          if (queued.length === 0 && !signal.aborted) await new Promise<void>((resolve) => (wake = resolve));
        }
      } finally {
        clearInterval(timer);
        clients.delete(client);
        share?.release();
      }
    },
    close: () => closed.abort(),
  };
}
