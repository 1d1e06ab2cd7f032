// Writes one chunk: the rows that schema.ts draws. Numbers of sources, labels and recent traces are remembered.

import type { DatabaseSync } from 'node:sqlite';
import { CHUNKS, NO_KIND } from './schema.ts';
import type { Chunk, OperationSummary } from './storage.ts';

/** How many numbers are remembered of each kind: enough for a lab, and a bound for whoever sends a million names. */
const REMEMBERED = 10_000;

/** Where the next chunk of a trace goes. */
type Place = { trace: number; next: number };

/**
 * Makes the functions that file a chunk and then note what the transaction's chunks came from, both inside an open
 * transaction; and one to forget what is remembered (after a rollback or an eviction).
 */
export function createFiling(database: DatabaseSync) {
  const newTrace = database.prepare('insert into trace (id, arrived) values (?, ?) on conflict do nothing');
  const known = database.prepare(`
    select no, coalesce(
      (select max(no) + 1 from chunk where no >= trace.no * ${CHUNKS} and no < (trace.no + 1) * ${CHUNKS}), no * ${CHUNKS}
    ) as next from trace where id = ?`);
  // `do update` that changes nothing, because only then `returning` answers for a row that was there.
  const source = database.prepare(
    'insert into source (service, resource, scope) values (?, ?, ?) on conflict do update set service = service returning no',
  );
  const keepSource = database.prepare('update source set newest = max(newest, ?) where no = ?');
  const label = database.prepare(
    'insert into label (service, name, kind) values (?, ?, ?) on conflict do update set kind = kind returning no',
  );
  const chunk = database.prepare('insert into chunk (no, source, spans) values (?, ?, ?)');
  const seen = database.prepare(
    'insert or ignore into seen (label, last, trace, first, shortest, longest) values (?, ?, ?, ?, ?, ?)',
  );

  const places = new Map<string, Place>();
  const sources = new Map<string, number>();
  const labels = new Map<string, number>();
  /** The newest chunk of each source, until it is noted. */
  const newest = new Map<number, number>();

  function placeOf(traceId: string): Place {
    const { changes, lastInsertRowid } = newTrace.run(traceId, Date.now());
    if (changes === 1) return { trace: Number(lastInsertRowid), next: Number(lastInsertRowid) * CHUNKS };
    const place = known.get(traceId);
    return { trace: numberOf(place), next: Number(place?.next) };
  }

  function file({ traceId, source: from, spans, operations }: Chunk): void {
    const place = remembered(places, traceId, () => placeOf(traceId));
    const sourceKey = `${from.resource.toString('latin1')}\n${from.scope.toString('latin1')}`;
    const sourceNo = remembered(sources, sourceKey, () =>
      numberOf(source.get(from.service, from.resource, from.scope)),
    );
    const chunkNo = place.next++;
    chunk.run(chunkNo, sourceNo, Buffer.concat(spans));
    newest.set(sourceNo, Math.max(newest.get(sourceNo) ?? 0, chunkNo));
    const mark = (service: string, { name, kind, first, last, shortest, longest }: OperationSummary) => {
      const labelNo = remembered(labels, `${service}\n${kind}${name}`, () => numberOf(label.get(service, name, kind)));
      seen.run(labelNo, within(last), place.trace, within(first), within(shortest), within(longest));
    };
    for (const operation of operations) mark(from.service, operation);
    const all = together(operations);
    mark(from.service, all);
    mark('', all);
  }

  function noteSources(): void {
    for (const [sourceNo, chunkNo] of newest) keepSource.run(chunkNo, sourceNo);
    newest.clear();
  }

  function forget(): void {
    for (const each of [places, sources, labels, newest]) each.clear();
  }

  return { file, noteSources, forget };
}

function remembered<T>(map: Map<string, T>, key: string, find: () => T): T {
  const known = map.get(key);
  if (known !== undefined) return known;
  const found = find();
  if (map.size >= REMEMBERED) map.clear();
  map.set(key, found);
  return found;
}

function numberOf(row: Record<string, unknown> | undefined): number {
  return Number(row?.no);
}

/** All operations of a chunk as one row. */
function together(operations: OperationSummary[]): OperationSummary {
  const all = { name: '', kind: NO_KIND, first: Infinity, last: -Infinity, shortest: Infinity, longest: -Infinity };
  for (const { first, last, shortest, longest } of operations) {
    if (first < all.first) all.first = first;
    if (last > all.last) all.last = last;
    if (shortest < all.shortest) all.shortest = shortest;
    if (longest > all.longest) all.longest = longest;
  }
  return all;
}

/** Nanoseconds go up to 2^64, a number is exact up to 2^53: in µs nothing real comes near that. */
function within(value: number): number {
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, value));
}
