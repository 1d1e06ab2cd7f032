// Whether a trace has arrived whole: it has its root, no orphan, and nothing new is to be expected.

import type { TraceSpan } from './model.ts';
import { endOf } from './segments.ts';
import { rootsOf } from './tree.ts';

/** Nothing new for so long, in ms: then what there is, is all. */
const QUIET_MS = 500;
/** When the last span ended so long ago, in ms, every service has sent what it had. */
const LONG_AGO_MS = 1200;

/** What is asked again and again, with the spans that have arrived by then (one trace): whether they are the whole of it. */
export function createSettled(quietMs = QUIET_MS): (spans: readonly TraceSpan[]) => boolean {
  let count = 0;
  let since = performance.now();
  return (spans) => {
    if (spans.length !== count) {
      count = spans.length;
      since = performance.now();
    }
    const isQuiet = performance.now() - since >= quietMs || sinceLastEnd(spans) >= LONG_AGO_MS;
    return isQuiet && rootsOf(spans).length === 1;
  };
}

/** How long ago the last of `spans` ended, in ms; below 0 where the sender's clock is ahead. */
export function sinceLastEnd(spans: readonly TraceSpan[]): number {
  return Date.now() - spans.reduce((last, span) => Math.max(last, endOf(span)), 0);
}
