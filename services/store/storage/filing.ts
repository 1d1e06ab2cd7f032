// Writes chunks into the tables. What a transaction's chunks share (source, operation, trace) is looked up once for it.

import type { DatabaseSync } from 'node:sqlite';
import { CHUNKS, INDEXED_BYTES, NAME_BITS } from './schema.ts';
import type { Chunk, Operation, Source } from './storage.ts';

/** Where the next chunk of a trace goes, and how many spans the trace has before it. */
type Place = { next: number; filed: number };

/** The number of a source or an operation, and the newest chunk that has it. */
type Numbered = { no: number; newest: number };

/** Makes the function that files chunks inside an open transaction, and one that returns the largest `spread`. */
export function createFiling(database: DatabaseSync) {
  const newTrace = database.prepare('insert into trace (id, arrived) values (unhex(?), ?) on conflict do nothing');
  const lastChunk = database.prepare(`
    select trace.no as trace, chunk.no, filed from trace
    left join chunk on chunk.no between trace.no * ${CHUNKS} and trace.no * ${CHUNKS} + ${CHUNKS - 1}
    where id = unhex(?) order by chunk.no desc limit 1`);
  // `do update` that changes nothing, because only then `returning` answers for a row that was there.
  const source = database.prepare(
    'insert into source (service, resource, scope) values (?, ?, ?) on conflict do update set service = service returning no',
  );
  const operation = database.prepare(
    'insert into operation (service, name, kind) values (?, ?, ?) on conflict do update set kind = kind returning no',
  );
  const insert = database.prepare(`
    insert into chunk (no, source, filed, last, spread, shortest, longest, names, spans)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const noteSource = database.prepare('update source set newest = max(newest, ?) where no = ?');
  const noteOperation = database.prepare('update operation set newest = max(newest, ?) where no = ?');

  let widest = Number(database.prepare('select max(spread) as widest from chunk').get()?.widest);

  function placeOf(traceId: string): Place {
    const { changes, lastInsertRowid } = newTrace.run(traceId, Date.now());
    if (changes === 1) return { next: Number(lastInsertRowid) * CHUNKS, filed: 0 };
    const last = lastChunk.get(traceId) as { trace: number; no: number | null; filed: number };
    return last.no === null ? { next: last.trace * CHUNKS, filed: 0 } : { next: last.no + 1, filed: last.filed };
  }

  function sourceOf({ service, resource, scope }: Source): Numbered {
    return { no: Number(source.get(indexed(service), resource, scope)?.no), newest: 0 };
  }

  function operationOf(service: string, { name, kind }: Operation): Numbered {
    return { no: Number(operation.get(indexed(service), name, kind)?.no), newest: 0 };
  }

  function file(chunks: readonly Chunk[]): void {
    const places = new Map<string, Place>();
    const sources = new Map<Source, Numbered>();
    const operations = new Map<Operation, Numbered>();
    for (const chunk of chunks) {
      const place = getOrAdd(places, chunk.traceId, () => placeOf(chunk.traceId));
      const no = place.next++;
      place.filed += chunk.spans.length;
      const from = getOrAdd(sources, chunk.source, () => sourceOf(chunk.source));
      from.newest = Math.max(from.newest, no);
      let names = 0;
      for (const each of chunk.operations) {
        const named = getOrAdd(operations, each, () => operationOf(chunk.source.service, each));
        named.newest = Math.max(named.newest, no);
        names |= bitOf(named.no);
      }
      const [first, last] = [clamp(chunk.first), clamp(chunk.last)];
      widest = Math.max(widest, last - first);
      const durations = [clamp(chunk.shortest), clamp(chunk.longest)] as const;
      insert.run(no, from.no, place.filed, last, last - first, ...durations, names, Buffer.concat(chunk.spans));
    }
    for (const { no, newest } of sources.values()) noteSource.run(newest, no);
    for (const { no, newest } of operations.values()) noteOperation.run(newest, no);
  }

  return { file, widest: () => widest };
}

/** The bit of `names` that stands for operation number `no`. */
export function bitOf(no: number): number {
  return 2 ** (no % NAME_BITS);
}

/** A name as the tables have it: its first bytes. */
export function indexed(name: string): string {
  if (name.length * 3 <= INDEXED_BYTES) return name;
  return Buffer.from(name).toString('utf8', 0, INDEXED_BYTES);
}

function getOrAdd<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}

/** Nanoseconds go up to 2^64, a number is exact up to 2^53: in µs nothing real comes near that. */
function clamp(value: number): number {
  return Math.max(-(2 ** 52), Math.min(2 ** 52, value));
}
