// A trace laid out as a waterfall: one row a span, parents before children, children in the order of their start.
// The terminal and the plain page draw the same rows.

import * as semconv from '@opentelemetry/semantic-conventions';
import * as names from '../otel/contract/names.ts';
import type { TraceSpan, Value } from './model.ts';
import { treeOf } from './tree.ts';

export type Row = {
  span: TraceSpan;
  /** For each ancestor level and the row itself: whether siblings follow below. Its length is the depth, up to DRAWN_DEPTH. */
  follows: boolean[];
  /** Milliseconds from the start of the first span. */
  offset: number;
  /** What is worth saying beside the bar: the error, or the attribute that tells most. */
  detail: string;
};

/** `remark` says what of the trace is not drawn; '' when all of it is. */
export type Waterfall = { rows: Row[]; duration: number; remark: string };

/** How many rows are drawn, and how many levels are set in: nobody reads more. */
export const DRAWN_ROWS = 10_000;
export const DRAWN_DEPTH = 32;

/** The attributes that tell most of a span, the first that it has is shown. */
const TELLING = [
  names.ATTR_DNS_CACHE,
  names.ATTR_DNS_ANSWER_KIND,
  names.ATTR_DNS_ANSWERS,
  names.ATTR_ROUTER_NEXT_HOP,
  names.ATTR_LOCATION_RULE,
  names.ATTR_FILE_PATH,
  names.ATTR_FILE_OUTCOME,
  names.ATTR_WORKER_ID,
  names.ATTR_PERMISSION_REASON,
  semconv.ATTR_DB_QUERY_TEXT,
  semconv.ATTR_CODE_FILE_PATH,
  semconv.ATTR_HTTP_RESPONSE_STATUS_CODE,
  semconv.ATTR_NETWORK_PEER_ADDRESS,
];

/** Lays out `spans` (one trace, in the order of start), of `total` that there are. */
export function layOut(spans: readonly TraceSpan[], total = spans.length): Waterfall {
  const timed = spans.filter((span) => span.start > 0);
  const start = timed.reduce((first, span) => Math.min(first, span.start), Number.POSITIVE_INFINITY);
  const end = timed.reduce((last, span) => Math.max(last, span.start + span.duration), start);
  const { nodes } = treeOf(spans);
  const path: boolean[] = []; // whether more follow, on each level below the root
  const rows = nodes.slice(0, DRAWN_ROWS).map(({ span, parent, depth }): Row => {
    path.length = depth;
    if (depth > 0) path[depth - 1] = parent?.children.at(-1)?.span !== span;
    const offset = span.start > 0 ? span.start - start : 0;
    return { span, follows: path.slice(0, DRAWN_DEPTH), offset, detail: detailOf(span) };
  });
  return { rows, duration: timed.length === 0 ? 0 : end - start, remark: remarkOn(rows.length, total) };
}

/** Says that only `shown` of `total` spans are drawn; '' when all are. */
export function remarkOn(shown: number, total: number): string {
  return shown < total ? `shows ${shown.toLocaleString('en')} of ${total.toLocaleString('en')} spans` : '';
}

function detailOf({ attributes, error }: TraceSpan): string {
  if (error !== null) return `✗ ${error || textOf(attributes[semconv.ATTR_ERROR_TYPE] ?? 'error')}`;
  const name = TELLING.find((each) => each in attributes);
  return name === undefined ? '' : textOf(attributes[name] ?? '');
}

function textOf(value: Value): string {
  if (Array.isArray(value)) return value.map(textOf).join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
