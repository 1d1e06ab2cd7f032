// A trace laid out as a waterfall: one row a span, parents before children, children in the order of their start.
// The terminal and the plain page draw the same rows.

import * as semconv from '@opentelemetry/semantic-conventions';
import * as names from '../otel/contract/names.ts';
import { rootsOf, type TraceSpan, type Value } from './model.ts';

export type Row = {
  span: TraceSpan;
  /** For each ancestor level and the row itself: whether siblings follow below. Its length is the depth. */
  follows: boolean[];
  /** Milliseconds from the start of the first span. */
  offset: number;
  /** What is worth saying beside the bar: the error, or the attribute that tells most. */
  detail: string;
};

export type Waterfall = { rows: Row[]; duration: number };

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

/** Lays out `spans` (one trace, in the order of start). Orphans are shown at the top level; a cycle is shown once. */
export function layOut(spans: readonly TraceSpan[]): Waterfall {
  const start = Math.min(...spans.map((span) => span.start));
  const end = Math.max(...spans.map((span) => span.start + span.duration));
  const children = Map.groupBy(spans, ({ parentSpanId }) => parentSpanId ?? '');
  const seen = new Set<string>();
  const rows: Row[] = [];

  const place = (siblings: readonly TraceSpan[], above: boolean[], depth: number) => {
    siblings.forEach((span, index) => {
      if (seen.has(span.spanId)) return;
      seen.add(span.spanId);
      const follows = depth === 0 ? [] : [...above, index < siblings.length - 1];
      rows.push({ span, follows, offset: span.start - start, detail: detailOf(span) });
      place(children.get(span.spanId) ?? [], follows, depth + 1);
    });
  };
  place(rootsOf(spans), [], 0);
  place(spans, [], 0); // what only a cycle holds together
  return { rows, duration: spans.length === 0 ? 0 : end - start };
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
