// A trace laid out as a waterfall: one row a span, parents before children, children in the order of their start.
// The terminal and the plain page draw the same rows.

import type { TraceSpan } from './model.ts';
import { endOf } from './segments.ts';
import { detailOf } from './titles.ts';
import { type SpanNode, treeOf } from './tree.ts';

export type Row = {
  span: TraceSpan;
  /** For each ancestor level and the row itself: whether siblings follow below. Its length is the depth, up to DRAWN_DEPTH. */
  follows: boolean[];
  /** Milliseconds from the start of the first span. */
  offset: number;
  /** The nearest other service below it; undefined where none is. */
  receiver: string | undefined;
  /** The detail beside the bar: the error, or the most important attribute. */
  detail: string;
  /** Whether it begins only after its parent has ended. */
  late: boolean;
};

/** `remark`: what of the trace is not drawn; '' when all of it is. */
export type Waterfall = { rows: Row[]; duration: number; remark: string };

/** How many rows are drawn, and how many levels are set in. */
export const DRAWN_ROWS = 10_000;
export const DRAWN_DEPTH = 32;

/** The remark below a waterfall with rows that are `late`. */
export const LATE_REMARK =
  'A bar may begin after its parent has ended: a post office (router) accepts a connection at once, and looks for the next hop while the sender goes on.';

/** Lays out `spans` (one trace, in the order of start), of `total` that there are. */
export function layOut(spans: readonly TraceSpan[], total = spans.length): Waterfall {
  const timed = spans.filter((span) => span.start > 0);
  const start = timed.reduce((first, span) => Math.min(first, span.start), Number.POSITIVE_INFINITY);
  const end = timed.reduce((last, span) => Math.max(last, span.start + span.duration), start);
  const { nodes } = treeOf(spans);
  const receivers = receiversIn(nodes);
  const path: boolean[] = []; // whether more follow, on each level below the root
  const rows = nodes.slice(0, DRAWN_ROWS).map(({ span, parent, depth }): Row => {
    path.length = depth;
    if (depth > 0) path[depth - 1] = parent?.children.at(-1)?.span !== span;
    const offset = span.start > 0 ? span.start - start : 0;
    const late = parent !== null && parent.span.start > 0 && span.start > endOf(parent.span);
    const follows = path.slice(0, DRAWN_DEPTH);
    return { span, follows, offset, receiver: receivers.get(span), detail: detailOf(span), late };
  });
  return { rows, duration: timed.length === 0 ? 0 : end - start, remark: remarkOn(rows.length, total) };
}

/** For each span the nearest other service below it: other instrumentations may have put spans of its own between. */
function receiversIn(nodes: readonly SpanNode[]): Map<TraceSpan, string> {
  const receivers = new Map<TraceSpan, string>();
  for (const { span, children } of nodes.toReversed()) {
    const other = children.find((child) => child.span.service !== span.service)?.span.service;
    const receiver = other ?? children.map((child) => receivers.get(child.span)).find((each) => each !== undefined);
    if (receiver !== undefined) receivers.set(span, receiver);
  }
  return receivers;
}

/** The remark that only `shown` of `total` spans are drawn; '' when all are. */
export function remarkOn(shown: number, total: number): string {
  return shown < total ? `shows ${shown.toLocaleString('en')} of ${total.toLocaleString('en')} spans` : '';
}
