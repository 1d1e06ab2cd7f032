// Writes chunks into the tables, and remembers the numbers of what came before: most of an export has been seen.

import type { DatabaseSync } from 'node:sqlite';
import { CHUNKS, NAME_BITS } from './schema.ts';
import type { Chunk, Operation, Source } from './storage.ts';

/** How many numbers are remembered of each kind: enough for a lab, and a bound for whoever sends a million names. */
const REMEMBERED = 10_000;

/** Where the next chunk of a trace goes, and how many spans the trace has before it. */
type Place = { next: number; filed: number };

/** A source or an operation as it is remembered: its number, and the newest chunk that has it and was not noted yet. */
type Known = { no: number; newest: number };

/**
 * Makes the functions that file a chunk and then note where the transaction's chunks came from, both inside an open
 * transaction; one to forget what is remembered (after a rollback or an eviction); and one that tells the largest `spread`.
 */
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

  const places = new Map<string, Place>();
  const sources = new Map<string, Known>();
  const operations = new Map<string, Known>();
  let widest = Number(database.prepare('select max(spread) as widest from chunk').get()?.widest);
  /** Of the objects that an export's chunks share: their keys are long to make. */
  let seen = new WeakMap<Source | Operation, Known>();
  /** Those of the open transaction. */
  const [usedSources, usedOperations] = [new Set<Known>(), new Set<Known>()];

  function placeOf(traceId: string): Place {
    const { changes, lastInsertRowid } = newTrace.run(traceId, Date.now());
    if (changes === 1) return { next: Number(lastInsertRowid) * CHUNKS, filed: 0 };
    const last = lastChunk.get(traceId) as { trace: number; no: number | null; filed: number };
    return last.no === null ? { next: last.trace * CHUNKS, filed: 0 } : { next: last.no + 1, filed: last.filed };
  }

  function sourceOf({ service, resource, scope }: Source): Known {
    const key = `${resource.toString('latin1')}\n${scope.toString('latin1')}`;
    return remembered(sources, key, () => ({ no: Number(source.get(service, resource, scope)?.no), newest: 0 }));
  }

  function once<T extends Source | Operation>(shared: T, find: (shared: T) => Known): Known {
    const known = seen.get(shared) ?? find(shared);
    seen.set(shared, known);
    return known;
  }

  function operationOf(service: string, { name, kind }: Operation): Known {
    const key = `${kind} ${service}\n${name}`;
    return remembered(operations, key, () => ({ no: Number(operation.get(service, name, kind)?.no), newest: 0 }));
  }

  function file(chunk: Chunk): void {
    const place = remembered(places, chunk.traceId, () => placeOf(chunk.traceId));
    const no = place.next++;
    place.filed += chunk.spans.length;
    const from = use(usedSources, once(chunk.source, sourceOf), no);
    let names = 0;
    for (const each of chunk.operations) {
      const known = once(each, (operation) => operationOf(chunk.source.service, operation));
      names |= bitOf(use(usedOperations, known, no).no);
    }
    const [first, last] = [clamp(chunk.first), clamp(chunk.last)];
    widest = Math.max(widest, last - first);
    const durations = [clamp(chunk.shortest), clamp(chunk.longest)] as const;
    insert.run(no, from.no, place.filed, last, last - first, ...durations, names, Buffer.concat(chunk.spans));
  }

  function noteSources(): void {
    for (const { no, newest } of usedSources) noteSource.run(newest, no);
    for (const { no, newest } of usedOperations) noteOperation.run(newest, no);
    usedSources.clear();
    usedOperations.clear();
  }

  function forget(): void {
    for (const each of [places, sources, operations, usedSources, usedOperations]) each.clear();
    seen = new WeakMap();
  }

  return { file, noteSources, forget, widest: () => widest };
}

/** The bit of `names` that stands for operation number `no`. */
export function bitOf(no: number): number {
  return 2 ** (no % NAME_BITS);
}

function use(used: Set<Known>, known: Known, chunk: number): Known {
  known.newest = Math.max(known.newest, chunk);
  used.add(known);
  return known;
}

function remembered<T>(map: Map<string, T>, key: string, find: () => T): T {
  const known = map.get(key);
  if (known !== undefined) return known;
  const found = find();
  if (map.size >= REMEMBERED) map.clear();
  map.set(key, found);
  return found;
}

/** Nanoseconds go up to 2^64, a number is exact up to 2^53: in µs nothing real comes near that. */
function clamp(value: number): number {
  return Math.max(-(2 ** 52), Math.min(2 ** 52, value));
}
