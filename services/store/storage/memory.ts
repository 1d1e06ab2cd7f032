// A storage that keeps everything in memory and looks at every trace: for tests, and to read beside sqlite.ts.

import { assemble, type StoredChunk } from './assemble.ts';
import { matches } from './match.ts';
import type { Chunk, Operation, Query, Storage, StoredTrace } from './storage.ts';

/** Makes an empty storage. */
export function createMemoryStorage(): Storage {
  const traces = new Map<string, { last: number; filed: number; chunks: StoredChunk[] }>();
  const operations = new Map<string, Map<string, Operation>>();

  function file(chunk: Chunk): void {
    const { traceId, source, spans } = chunk;
    const trace = traces.get(traceId) ?? { last: Number.NEGATIVE_INFINITY, filed: 0, chunks: [] };
    trace.chunks.push({ resource: source.resource, scope: source.scope, spans: Buffer.concat(spans) });
    trace.last = Math.max(trace.last, chunk.last);
    trace.filed += spans.length;
    traces.set(traceId, trace);
    const known = operations.get(source.service) ?? new Map<string, Operation>();
    for (const each of chunk.operations) known.set(`${each.kind} ${each.name}`, each);
    operations.set(source.service, known);
  }

  function trace(traceId: string): StoredTrace | undefined {
    const found = traces.get(traceId);
    return found && assemble(traceId, found.chunks, () => found.filed);
  }

  async function* search(query: Query): AsyncIterable<StoredTrace> {
    const newestFirst = [...traces].sort(([, a], [, b]) => b.last - a.last);
    for (const [traceId, { chunks, filed }] of newestFirst) {
      const found = assemble(traceId, chunks, () => filed);
      if (matches(found, query)) yield found;
    }
  }

  return {
    async write(chunks) {
      for (const chunk of chunks) file(chunk);
    },
    trace,
    size: (traceId) => trace(traceId)?.bytes ?? 0,
    search,
    services: () => [...operations.keys()].sort(),
    operations: (service) => [...(operations.get(service)?.values() ?? [])],
    async close() {},
  };
}
