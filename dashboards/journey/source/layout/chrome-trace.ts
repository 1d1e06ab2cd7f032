// A trace as Chrome's trace-event JSON, which Perfetto and chrome://tracing open. Events on one thread must nest, so those that
// overlap without nesting (a request beside the connection that it goes through) get threads of their own.
// https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU

import { shownName } from '../../../../traces/model.ts';
import type { SpanNode, Tree } from '../../../../traces/tree.ts';

/** The file's text: a process for each service, times in microseconds since the trace began. */
export function chromeTraceOf({ nodes, start }: Tree): string {
  const services = [...new Set(nodes.map(({ span }) => span.service))];
  const traceEvents = services.flatMap((service, index) => {
    const own = nodes.filter(({ span }) => span.service === service);
    return eventsOf(shownName(service), index + 1, own, start);
  });
  return JSON.stringify({ displayTimeUnit: 'ms', traceEvents }, (_key, value) =>
    typeof value === 'string' ? value.toWellFormed() : value,
  );
}

function eventsOf(service: string, pid: number, nodes: readonly SpanNode[], start: number): object[] {
  const micros = (time: number) => Math.max(0, Math.round((time - start) * 1000));
  const timed = nodes.map(({ span }) => {
    const ts = micros(span.start);
    return { span, ts, end: Math.max(ts + 1, micros(span.start + span.duration)) };
  });
  const threads = new Threads();
  const events = timed
    .sort((a, b) => a.ts - b.ts || b.end - a.end)
    .flatMap(({ span, ts, end }) => {
      const place = { cat: service, pid, tid: threads.take(ts, end) };
      const failed = span.error === null ? {} : { error: span.error || 'error' };
      const args = { ...span.attributes, ...failed, spanId: span.spanId };
      return [
        { ph: 'X', name: shownName(span.name), ...place, ts, dur: end - ts, args },
        ...span.events.map(({ name, time, attributes }) => ({
          ...{ ph: 'i', s: 't', name: shownName(name), ...place },
          ts: time === 0 ? ts : micros(time),
          args: attributes,
        })),
      ];
    });
  return [{ ph: 'M', name: 'process_name', pid, tid: 0, args: { name: service } }, ...events];
}

/** Threads, each with the ends of the events that are open on it, the innermost last. */
class Threads {
  readonly #open: number[][] = [];

  /** The first thread, from 1, on which an event from `ts` to `end` lies beside or within the others; given in the order of `ts`. */
  take(ts: number, end: number): number {
    for (const [index, ends] of this.#open.entries()) {
      while ((ends.at(-1) ?? Number.POSITIVE_INFINITY) <= ts) ends.pop();
      if ((ends.at(-1) ?? Number.POSITIVE_INFINITY) < end) continue;
      ends.push(end);
      return index + 1;
    }
    return this.#open.push([end]);
  }
}
