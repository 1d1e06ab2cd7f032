// Chunks to a trace: what was filed of one trace, grouped by resource and scope again, each span once.

import { decode } from '../otlp/decode.ts';
import { RESOURCE_SPANS, SCOPE_SPANS } from '../otlp/messages.ts';
import type { ResourceSpans, ScopeSpans } from '../otlp/traces.ts';
import type { StoredTrace } from './storage.ts';

/** A chunk as it is stored: `spans` is the encoding of all its spans. */
export type StoredChunk = { resource: Buffer; scope: Buffer; spans: Buffer };

/** The trace that `chunks` make. A span that was sent twice, the same in every field, appears once, as in Jaeger. */
export function assemble(traceId: string, chunks: StoredChunk[]): StoredTrace {
  const resources = new Map<
    string,
    { group: ResourceSpans; scopes: Map<string, { group: ScopeSpans; seen: Set<string> }> }
  >();
  for (const { resource, scope, spans } of chunks) {
    const from = getOrAdd(resources, resource.toString('latin1'), () => ({
      group: { ...decode<ResourceSpans>(RESOURCE_SPANS, resource), scopeSpans: [] },
      scopes: new Map(),
    }));
    const { group, seen } = getOrAdd(from.scopes, scope.toString('latin1'), () => {
      const added = { ...decode<ScopeSpans>(SCOPE_SPANS, scope), spans: [] };
      from.group.scopeSpans.push(added);
      return { group: added, seen: new Set<string>() };
    });
    for (const span of decode<ScopeSpans>(SCOPE_SPANS, spans).spans) {
      const key = JSON.stringify(span);
      if (seen.has(key)) continue;
      seen.add(key);
      group.spans.push(span);
    }
  }
  return { traceId, resourceSpans: [...resources.values()].map(({ group }) => group) };
}

function getOrAdd<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
