// Writes one chunk: the rows that schema.ts draws. Numbers of sources, labels and recent traces are remembered.

import type { DatabaseSync } from 'node:sqlite';
import { NO_KIND } from './schema.ts';
import type { Chunk, OperationSummary } from './storage.ts';

/** How many numbers are remembered of each kind: enough for a lab, and a bound for whoever sends a million names. */
const REMEMBERED = 10_000;

/** Makes the function that files a chunk inside an open transaction, and one to forget what is remembered (after a rollback or an eviction). */
export function createFiling(database: DatabaseSync) {
  // `do update` that changes nothing, because only then `returning` answers for a row that was there.
  const trace = database.prepare(
    'insert into trace (id, arrived) values (?, ?) on conflict (id) do update set id = id returning no',
  );
  const source = database.prepare(
    'insert into source (service, resource, scope) values (?, ?, ?) on conflict do update set service = service returning no',
  );
  const label = database.prepare(
    'insert into label (service, name, kind) values (?, ?, ?) on conflict do update set kind = kind returning no',
  );
  const chunk = database.prepare('insert into chunk (trace, source, spans) values (?, ?, ?)');
  const seen = database.prepare(
    'insert or ignore into seen (label, last, trace, first, shortest, longest) values (?, ?, ?, ?, ?, ?)',
  );

  const traces = new Map<string, number>();
  const sources = new Map<string, number>();
  const labels = new Map<string, number>();

  function file({ traceId, source: from, spans, operations }: Chunk): void {
    const traceNo = remembered(traces, traceId, () => trace.get(traceId, Date.now()));
    const sourceKey = `${from.resource.toString('latin1')}\n${from.scope.toString('latin1')}`;
    const sourceNo = remembered(sources, sourceKey, () => source.get(from.service, from.resource, from.scope));
    chunk.run(traceNo, sourceNo, Buffer.concat(spans));
    const mark = (service: string, { name, kind, first, last, shortest, longest }: OperationSummary) => {
      const labelNo = remembered(labels, `${service}\n${kind}${name}`, () => label.get(service, name, kind));
      seen.run(labelNo, within(last), traceNo, within(first), within(shortest), within(longest));
    };
    for (const operation of operations) mark(from.service, operation);
    const all = together(operations);
    mark(from.service, all);
    mark('', all);
  }

  function forget(): void {
    traces.clear();
    sources.clear();
    labels.clear();
  }

  return { file, forget };
}

function remembered(map: Map<string, number>, key: string, find: () => Record<string, unknown> | undefined): number {
  const known = map.get(key);
  if (known !== undefined) return known;
  const no = Number(find()?.no);
  if (map.size >= REMEMBERED) map.clear();
  map.set(key, no);
  return no;
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
