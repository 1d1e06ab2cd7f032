// Writes chunks into the tables. What a transaction's chunks share (source, operation) is looked up once for it; where the next
// chunk of a recent trace goes is remembered: without it a span takes 12 % more of a core (`npm run bench store`), for the
// services of a trace export their spans one after another.

import type { DatabaseSync } from 'node:sqlite';
import { CHUNKS, INDEXED_BYTES, NAME_BITS } from './schema.ts';
import type { Chunk } from './storage.ts';

/** Where the next chunk of a trace goes, and how many spans the trace has before it. */
type NextChunk = { no: number; filed: number };

/** How many traces are remembered. */
const MAX_REMEMBERED = 4096;

/**
 * Makes the function that files chunks inside an open transaction; one to forget what is remembered (after a rollback or an
 * eviction); and one that returns the largest `spread`.
 */
export function createFiling(database: DatabaseSync) {
  const newTrace = database.prepare('insert into trace (id, arrived) values (unhex(?), ?) on conflict do nothing');
  const lastChunk = database.prepare(`
    select trace.no as trace, chunk.no, filed from trace
    left join chunk on chunk.no between trace.no * ${CHUNKS} and trace.no * ${CHUNKS} + ${CHUNKS - 1}
    where id = unhex(?) order by chunk.no desc limit 1`);
  const upsertSource = database.prepare(`
    insert into source (service, resource, scope, newest) values (?, ?, ?, ?)
    on conflict do update set newest = max(newest, excluded.newest) returning no`);
  const upsertOperation = database.prepare(`
    insert into operation (service, name, kind, newest) values (?, ?, ?, ?)
    on conflict do update set newest = max(newest, excluded.newest) returning no`);
  const insert = database.prepare(`
    insert into chunk (no, source, filed, last, spread, shortest, longest, names, spans)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?)`);

  let widest = Number(database.prepare('select max(spread) as widest from chunk').get()?.widest);
  const recent = new Map<string, NextChunk>();

  function findNextChunk(traceId: string): NextChunk {
    const { changes, lastInsertRowid } = newTrace.run(traceId, Date.now());
    if (changes === 1) return { no: Number(lastInsertRowid) * CHUNKS, filed: 0 };
    const last = lastChunk.get(traceId) as { trace: number; no: number | null; filed: number };
    return last.no === null ? { no: last.trace * CHUNKS, filed: 0 } : { no: last.no + 1, filed: last.filed };
  }

  /** Gives the chunk its number, and its trace one more. */
  function number({ traceId, spans }: Chunk): NextChunk {
    const next = getOrAdd(recent, traceId, () => findNextChunk(traceId));
    next.filed += spans.length;
    return { no: next.no++, filed: next.filed };
  }

  function file(chunks: readonly Chunk[]): void {
    if (recent.size > MAX_REMEMBERED) recent.clear();
    const numbers = chunks.map(number);
    const newest = numbers.reduce((max, { no }) => Math.max(max, no), 0);
    const sources = new Map<unknown, number>();
    const operations = new Map<unknown, number>();
    for (const [index, { source, spans, ...chunk }] of chunks.entries()) {
      const { no, filed } = numbers[index] as NextChunk;
      const from = getOrAdd(sources, source, () => {
        const { service, resource, scope } = source;
        return Number(upsertSource.get(indexed(service), resource, scope, newest)?.no);
      });
      let names = 0;
      for (const operation of chunk.operations) {
        const { name, kind } = operation;
        const upsert = () => Number(upsertOperation.get(indexed(source.service), name, kind, newest)?.no);
        names |= bitOf(getOrAdd(operations, operation, upsert));
      }
      const [first, last] = [clamp(chunk.first), clamp(chunk.last)];
      widest = Math.max(widest, last - first);
      const durations = [clamp(chunk.shortest), clamp(chunk.longest)] as const;
      const bytes = spans.length === 1 ? (spans[0] as Buffer) : Buffer.concat(spans);
      insert.run(no, from, filed, last, last - first, ...durations, names, bytes);
    }
  }

  return { file, forget: () => recent.clear(), widest: () => widest };
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
