// Finds traces, newest first: reads the rows of `seen` for the labels that a query asks for, page by page, opens the
// traces that may fit, and judges them by their spans. Between pages others get their turn.

import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as turn } from 'node:timers/promises';
import { matches } from './match.ts';
import { NO_KIND } from './schema.ts';
import type { Query, StoredTrace } from './storage.ts';

const PAGE = 256;
/** How long a search may keep others waiting, in ms. */
const TURN_MS = 10;

type Row = { last: number; trace: number; id: string };

/** Makes the search over `database`; `open` reads one trace. */
export function createSearch(database: DatabaseSync, open: (traceId: string) => StoredTrace | undefined) {
  const labelsOf = database.prepare(`
    select no from label where service = :service and name = :name and kind >= 0 and :service <> '' and :operation
    union all select no from label where name = :name and kind >= 0 and :service = '' and :operation
    union all select no from label where service = :service and name = '' and kind = ${NO_KIND} and not :operation`);
  const page = database.prepare(`
    select last, trace, id from seen cross join trace on trace.no = seen.trace
    where label = :label and last >= :from and last <= :before and (last < :before or trace > :afterTrace)
      and first <= :to and longest >= :shortest and shortest <= :longest
    order by last desc, trace limit ${PAGE}`);

  function* rows(label: number, query: Query): Generator<Row> {
    const bounds = {
      label,
      from: micros(query.from),
      to: micros(query.to),
      shortest: query.shortest === undefined ? Number.MIN_SAFE_INTEGER : micros(query.shortest),
      longest: query.longest === undefined ? Number.MAX_SAFE_INTEGER : micros(query.longest),
    };
    let before = { before: Number.MAX_SAFE_INTEGER, afterTrace: -1 };
    for (;;) {
      const found = page.all({ ...bounds, ...before }) as Row[];
      yield* found;
      const end = found.at(-1);
      if (end === undefined || found.length < PAGE) return;
      before = { before: end.last, afterTrace: end.trace };
    }
  }

  return async function* search(query: Query): AsyncIterable<StoredTrace> {
    const { service = '', operation } = query;
    const labels = labelsOf.all({ service, name: operation ?? '', operation: operation === undefined ? 0 : 1 });
    const opened = new Set<number>();
    let began = performance.now();
    for (const { trace, id } of merged(labels.map(({ no }) => rows(Number(no), query)))) {
      if (!opened.has(trace)) {
        opened.add(trace);
        const found = open(id);
        if (found && matches(found, query)) yield found;
      }
      if (performance.now() - began > TURN_MS) {
        await turn();
        began = performance.now();
      }
    }
  };
}

/** The rows of several labels as one sequence, newest first. */
function* merged(sequences: Generator<Row>[]): Generator<Row> {
  const heads = sequences.map((sequence) => ({ sequence, head: sequence.next() }));
  for (;;) {
    let newest: (typeof heads)[number] | undefined;
    for (const each of heads) {
      if (!each.head.done && (newest === undefined || each.head.value.last > (newest.head.value as Row).last))
        newest = each;
    }
    if (newest === undefined) return;
    yield newest.head.value as Row;
    newest.head = newest.sequence.next();
  }
}

function micros(nanoseconds: bigint): number {
  const value = Number(nanoseconds) / 1000;
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, value));
}
