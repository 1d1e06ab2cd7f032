// A trace as Chrome's trace-event JSON, which Perfetto and chrome://tracing open.
// https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU

import type { Tree } from '../../../../traces/tree.ts';

/** A process for each service, a thread for each instance and depth, so that spans nest. */
export function chromeTraceOf({ nodes, start }: Tree) {
  const services = [...new Set(nodes.map(({ span }) => span.service))];
  const names = services.map((name, index) => ({
    ph: 'M',
    name: 'process_name',
    pid: index + 1,
    tid: 0,
    args: { name },
  }));
  const events = nodes.map(({ span, depth }) => ({
    ph: 'X',
    name: span.name,
    cat: span.service,
    pid: services.indexOf(span.service) + 1,
    tid: depth,
    ts: Math.round((span.start - start) * 1000),
    dur: Math.max(1, Math.round(span.duration * 1000)),
    args: { ...span.attributes, ...(span.error === null ? {} : { error: span.error || 'error' }), spanId: span.spanId },
  }));
  const moments = nodes.flatMap(({ span, depth }) =>
    span.events.map(({ name, time, attributes }) => ({
      ph: 'i',
      s: 't',
      name,
      cat: span.service,
      pid: services.indexOf(span.service) + 1,
      tid: depth,
      ts: Math.round((time - start) * 1000),
      args: attributes,
    })),
  );
  return { displayTimeUnit: 'ms', traceEvents: [...names, ...events, ...moments] };
}
