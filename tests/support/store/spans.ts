// Exports for tests, from a few words about each span.

import { encodeObject } from '../../../services/store/otlp/encode.ts';
import { MESSAGES } from '../../../services/store/otlp/message.ts';
import { sortSpans } from '../../../services/store/receive/chunks.ts';
import { spansIn } from '../../../services/store/storage/assemble.ts';
import type { Chunk, Query, TraceReader } from '../../../services/store/storage/storage.ts';
import type { Span } from '../../../traces/otlp/types.ts';

/** Nanoseconds since 1970 at which the test's world begins. */
export const START = 1_795_000_000_000_000_000n;
const MS = 1_000_000n;

export type SpanWords = {
  trace: number;
  span: number;
  parent?: number;
  service?: string;
  name?: string;
  kind?: number;
  /** Start and duration in ms; the start counts from START. */
  at?: number;
  took?: number;
  more?: object;
};

/** The id of trace number `trace`, as 32 hex digits. */
export function traceIdOf(trace: number): string {
  return trace.toString(16).padStart(32, '0');
}

/** An export in OTLP's JSON: each span in a ResourceSpans of its own. */
export function exportOf(spans: SpanWords[]): object {
  return {
    resourceSpans: spans.map(({ service = 'app', ...words }) => ({
      resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] },
      scopeSpans: [{ scope: { name: 'test' }, spans: [spanOf(words)] }],
    })),
  };
}

/** The same, sorted for a storage. */
export function chunksOf(spans: SpanWords[]): Chunk[] {
  return sortSpans(encodeObject(MESSAGES.TracesData, exportOf(spans))).chunks;
}

/** The spans of trace number `trace`. */
export function spansOf(reader: TraceReader, trace: number): Span[] {
  const found = reader.trace(traceIdOf(trace));
  return found ? [...spansIn(found)].map(({ span }) => span) : [];
}

/** A query for all times, and what else is given. */
export function queryFor(more: Partial<Query> = {}): Query {
  return { from: 0n, to: 2n ** 63n, ...more };
}

function spanOf({ trace, span, parent, name = 'GET', kind = 2, at = 0, took = 1, more }: Omit<SpanWords, 'service'>) {
  const start = START + BigInt(Math.round(at * 1000)) * (MS / 1000n);
  return {
    traceId: traceIdOf(trace),
    spanId: span.toString(16).padStart(16, '0'),
    ...(parent !== undefined && { parentSpanId: parent.toString(16).padStart(16, '0') }),
    name,
    kind,
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(start + BigInt(Math.round(took * 1000)) * (MS / 1000n)),
    ...more,
  };
}
