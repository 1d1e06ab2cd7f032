// Chunks to a trace: its spans, grouped by resource and scope again, each once. Spans stay bytes until they are read, one
// after the other: a trace may have millions.

import {
  type Resource,
  type ResourceSpans,
  type Scope,
  type ScopeSpans,
  type Span,
  serviceOf,
} from '../../../traces/otlp/types.ts';
import { decode } from '../otlp/decode.ts';
import { MESSAGES } from '../otlp/message.ts';
import { Wire } from '../otlp/wire.ts';

/** A chunk as it is stored: `spans` is the encoding of all its spans. */
export type StoredChunk = { resource: Buffer; scope: Buffer; spans: Buffer };

/** The most of a trace that is read, in bytes (some 80,000 spans of the lab) and in spans. */
export const MAX_BYTES = 32_000_000;
const MAX_SPANS = 150_000;

/** A trace, or the beginning of one that is too large. */
export type StoredTrace = {
  traceId: string;
  resources: StoredResource[];
  /** How many spans it has in all. */
  spanCount: number;
  bytes: number;
};
export type StoredResource = { fields: Omit<ResourceSpans, 'scopeSpans'>; service: string; scopes: StoredScope[] };
/** The spans of one scope, each once, as bytes. */
export type StoredScope = { fields: Omit<ScopeSpans, 'spans'>; spans: Buffer[] };

/**
 * The trace that `chunks` make, as far as the bounds go; `filed` returns how many spans it has in all. A span that was sent
 * twice, the same in every byte, appears once.
 */
export function assemble(traceId: string, chunks: Iterable<StoredChunk>, filed: () => number): StoredTrace {
  const trace: StoredTrace = { traceId, resources: [], spanCount: 0, bytes: 0 };
  const resources = new Map<string, StoredResource>();
  const scopes = new Map<string, { spans: Buffer[]; seen: Set<string> }>();
  for (const chunk of chunks) {
    const isFull = trace.bytes + chunk.spans.length > MAX_BYTES || trace.spanCount >= MAX_SPANS;
    if (isFull && trace.bytes > 0) return { ...trace, spanCount: filed() };
    trace.bytes += chunk.spans.length;
    const key = chunk.resource.toString('latin1');
    const resource = getOrAdd(resources, key, () => addResource(trace, chunk.resource));
    const { spans, seen } = getOrAdd(scopes, JSON.stringify([key, chunk.scope.toString('latin1')]), () => ({
      spans: addScope(resource, chunk.scope),
      seen: new Set<string>(),
    }));
    for (const span of split(chunk.spans)) {
      const { size } = seen;
      if (seen.add(span.toString('latin1')).size === size) continue;
      spans.push(span);
      trace.spanCount++;
    }
  }
  return trace;
}

/** Every span of `trace`, decoded, with where it comes from. */
export function* spansIn({ resources }: StoredTrace): Generator<PlacedSpan> {
  for (const { fields, service, scopes } of resources) {
    for (const { fields: inScope, spans } of scopes) {
      for (const bytes of spans) {
        yield { service, resource: fields.resource, scope: inScope.scope, span: decode<Span>(MESSAGES.Span, bytes) };
      }
    }
  }
}

/** How many of its spans `trace` holds: fewer than `spanCount` when it is too large. */
export function countSpans({ resources }: StoredTrace): number {
  return resources.flatMap(({ scopes }) => scopes).reduce((sum, { spans }) => sum + spans.length, 0);
}

export type PlacedSpan = { service: string; resource: Resource; scope: Scope; span: Span };

function addResource(trace: StoredTrace, bytes: Buffer): StoredResource {
  const fields = decode<ResourceSpans>(MESSAGES.ResourceSpans, bytes);
  const resource = { fields, service: serviceOf(fields.resource), scopes: [] };
  trace.resources.push(resource);
  return resource;
}

function addScope({ scopes }: StoredResource, bytes: Buffer): Buffer[] {
  const spans: Buffer[] = [];
  scopes.push({ fields: decode<ScopeSpans>(MESSAGES.ScopeSpans, bytes), spans });
  return spans;
}

/** The spans of an encoding, without tag and length. */
function* split(spans: Buffer): Generator<Buffer> {
  const wire = new Wire(spans);
  while (wire.at < spans.length) {
    wire.tag(spans.length);
    const length = wire.length(spans.length);
    yield spans.subarray(wire.at, wire.at + length);
    wire.at += length;
  }
}

function getOrAdd<V>(map: Map<string, V>, key: string, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
