// Sorts an export's spans by trace without making objects of them: the bytes of each span are checked and then kept as
// they are. What a search looks for first is read in passing.

import { checkValue } from '../otlp/check.ts';
import { decode } from '../otlp/decode.ts';
import { type Message, RESOURCE_SPANS, SCOPE_SPANS, TRACES } from '../otlp/messages.ts';
import { type Resource, serviceOf } from '../otlp/traces.ts';
import { LENGTH, Wire } from '../otlp/wire.ts';
import type { Chunk, OperationSummary, Source } from '../storage/storage.ts';
import { readSpan, type SpanColumns } from './columns.ts';

/** An export, sorted; `rejected` counts spans without a trace id or span id, which cannot be filed. */
export type Sorted = { chunks: Chunk[]; spans: number; rejected: number };

/** Sorts the spans of `bytes`, an ExportTraceServiceRequest. Throws Malformed if it is none. */
export function sortSpans(bytes: Buffer): Sorted {
  const sorted: Sorted = { chunks: [], spans: 0, rejected: 0 };
  const wire = new Wire(bytes);
  const [, parts] = setApart(wire, bytes.length, TRACES, 1);
  for (const part of parts) sortResourceSpans(wire, part, sorted);
  return sorted;
}

function sortResourceSpans(wire: Wire, { from, end }: Part, sorted: Sorted): void {
  wire.at = from;
  const [resource, parts] = setApart(wire, end, RESOURCE_SPANS, 2);
  const service = serviceOf(decode<{ resource: Resource }>(RESOURCE_SPANS, resource).resource);
  for (const part of parts) sortScopeSpans(wire, part, { service, resource }, sorted);
}

function sortScopeSpans(wire: Wire, { from, end }: Part, source: Omit<Source, 'scope'>, sorted: Sorted): void {
  wire.at = from;
  const [scope, parts] = setApart(wire, end, SCOPE_SPANS, 2);
  const traces = new Map<string, OpenChunk>();
  for (const part of parts) {
    wire.at = part.from;
    const span = readSpan(wire, part.end);
    if (span === undefined) {
      sorted.rejected++;
      continue;
    }
    let open = traces.get(span.traceId);
    if (open === undefined) {
      open = {
        chunk: { traceId: span.traceId, source: { ...source, scope }, spans: [], operations: [] },
        byKey: new Map(),
      };
      traces.set(span.traceId, open);
      sorted.chunks.push(open.chunk);
    }
    open.chunk.spans.push(wire.bytes.subarray(part.tag, part.end));
    summarise(span, open);
    sorted.spans++;
  }
}

/** Where a nested message stands: its tag, its first byte, and where it ends. */
type Part = { tag: number; from: number; end: number };

/** Separates the values of the nested field `number` from the rest of a message, which is checked and returned as bytes. */
function setApart(wire: Wire, end: number, message: Message, number: number): [rest: Buffer, parts: Part[]] {
  const rest: Buffer[] = [];
  const parts: Part[] = [];
  const wanted = number * 8 + LENGTH;
  while (wire.at < end) {
    const start = wire.at;
    const tag = wire.tag(end);
    if (tag === wanted) {
      const length = wire.length(end);
      parts.push({ tag: start, from: wire.at, end: wire.at + length });
      wire.at += length;
    } else {
      checkValue(message.fields[tag >>> 3], tag & 7, wire, end, 0);
      rest.push(wire.bytes.subarray(start, wire.at));
    }
  }
  return [Buffer.concat(rest), parts];
}

type OpenChunk = { chunk: Chunk; byKey: Map<string, OperationSummary> };

/** Adds a span to the summary of its operation. Times are rounded outwards by 1 µs: doubles are not exact that far from 1970. */
function summarise({ name, kind, start, end }: SpanColumns, { chunk, byKey }: OpenChunk): void {
  const key = `${kind}${name}`;
  const known = byKey.get(key);
  const first = Math.floor(start) - 1;
  const last = Math.ceil(start) + 1;
  const shortest = Math.floor(end - start) - 1;
  const longest = Math.ceil(end - start) + 1;
  if (known === undefined) {
    const operation = { name, kind, first, last, shortest, longest };
    byKey.set(key, operation);
    chunk.operations.push(operation);
    return;
  }
  known.first = Math.min(known.first, first);
  known.last = Math.max(known.last, last);
  known.shortest = Math.min(known.shortest, shortest);
  known.longest = Math.max(known.longest, longest);
}
