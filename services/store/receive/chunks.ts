// Groups an export's spans by trace without making objects of them: the bytes of each span are checked and kept as they
// are. What is indexed is read on the way.

import { type Resource, serviceOf } from '../../../traces/otlp/types.ts';
import { StoreError } from '../errors.ts';
import { checkValue } from '../otlp/check.ts';
import { decode } from '../otlp/decode.ts';
import { MESSAGES, type Message } from '../otlp/message.ts';
import { LENGTH, Wire } from '../otlp/wire.ts';
import type { Chunk, Operation, Source } from '../storage/storage.ts';
import { readSpan, type SpanColumns } from './columns.ts';

/** An export, grouped; `rejected` counts spans without a trace id or span id, which cannot be stored. */
export type Sorted = { chunks: Chunk[]; spans: number; rejected: number };

/** An export of more resources, scopes and spans than this is refused: it would block others for too long. */
const MAX_PARTS = 50_000;

/** The maximum size of a resource or scope: each is stored once, and returned with every trace that has it. */
const MAX_SOURCE_BYTES = 65_536;

/** Sorts the spans of `bytes`, an ExportTraceServiceRequest. Throws OtlpFormatError if it is none, StoreError `too_large`. */
export function sortSpans(bytes: Buffer): Sorted {
  const sorting: Sorting = { wire: new Wire(bytes), parts: 0, sorted: { chunks: [], spans: 0, rejected: 0 } };
  const [, parts] = setApart(sorting, bytes.length, MESSAGES.TracesData, 1);
  for (const part of parts) sortResourceSpans(sorting, part);
  return sorting.sorted;
}

type Sorting = { wire: Wire; parts: number; sorted: Sorted };

function sortResourceSpans(sorting: Sorting, { from, end }: Part): void {
  sorting.wire.at = from;
  const [resource, parts] = setApart(sorting, end, MESSAGES.ResourceSpans, 2);
  const service = serviceOf(decode<{ resource: Resource }>(MESSAGES.ResourceSpans, resource).resource);
  for (const part of parts) sortScopeSpans(sorting, part, { service, resource });
}

function sortScopeSpans(sorting: Sorting, { from, end }: Part, source: Omit<Source, 'scope'>): void {
  const { wire, sorted } = sorting;
  wire.at = from;
  const [scope, parts] = setApart(sorting, end, MESSAGES.ScopeSpans, 2);
  const open = new OpenChunks({ ...source, scope });
  for (const part of parts) {
    wire.at = part.from;
    const span = readSpan(wire, part.end);
    if (span === undefined) {
      sorted.rejected++;
    } else {
      open.add(span, wire.bytes.subarray(part.tag, part.end));
      sorted.spans++;
    }
  }
  for (const chunk of open.chunks.values()) sorted.chunks.push(chunk);
}

/** Where a nested message stands: its tag, its first byte, and where it ends. */
type Part = { tag: number; from: number; end: number };

/** Separates the values of the nested field `number` from the rest of a message, which is checked and returned as bytes. */
function setApart(sorting: Sorting, end: number, message: Message, number: number): [rest: Buffer, parts: Part[]] {
  const { wire } = sorting;
  const rest: Buffer[] = [];
  const parts: Part[] = [];
  const wanted = number * 8 + LENGTH;
  let restFrom = wire.at;
  wire.messages = 0;
  while (wire.at < end) {
    const start = wire.at;
    const tag = wire.tag(end);
    if (tag === wanted) {
      if (start > restFrom) rest.push(wire.bytes.subarray(restFrom, start));
      if (++sorting.parts > MAX_PARTS) throw new StoreError('too_large', `more than ${MAX_PARTS} spans`);
      const length = wire.length(end);
      parts.push({ tag: start, from: wire.at, end: wire.at + length });
      wire.at += length;
      restFrom = wire.at;
    } else {
      checkValue(message.fields[tag >>> 3], tag & 7, wire, end, 0);
    }
  }
  if (end > restFrom) rest.push(wire.bytes.subarray(restFrom, end));
  const own = Buffer.concat(rest);
  if (number === 2 && own.length > MAX_SOURCE_BYTES) {
    throw new StoreError('too_large', `a resource or scope of more than ${MAX_SOURCE_BYTES} bytes`);
  }
  return [own, parts];
}

/** The chunks of one scope, to which spans are being added. */
class OpenChunks {
  readonly chunks: Map<string, Chunk> = new Map();
  readonly #source: Source;
  readonly #operations: Map<string, Operation> = new Map();

  constructor(source: Source) {
    this.#source = source;
  }

  add({ traceId, name, kind, start, end }: SpanColumns, bytes: Buffer): void {
    let chunk = this.chunks.get(traceId);
    if (chunk === undefined) {
      const none = { first: Infinity, last: -Infinity, shortest: Infinity, longest: -Infinity };
      chunk = { traceId, source: this.#source, spans: [], operations: new Set(), ...none };
      this.chunks.set(traceId, chunk);
    }
    chunk.spans.push(bytes);
    chunk.operations.add(this.#operation(name, kind));
    // Rounded outwards by 1 µs: doubles are not exact that far from 1970.
    chunk.first = Math.min(chunk.first, Math.floor(start) - 1);
    chunk.last = Math.max(chunk.last, Math.ceil(start) + 1);
    chunk.shortest = Math.min(chunk.shortest, Math.floor(end - start) - 1);
    chunk.longest = Math.max(chunk.longest, Math.ceil(end - start) + 1);
  }

  #operation(name: string, kind: number): Operation {
    const key = `${kind} ${name}`;
    let operation = this.#operations.get(key);
    if (operation === undefined) {
      operation = { name, kind };
      this.#operations.set(key, operation);
    }
    return operation;
  }
}
