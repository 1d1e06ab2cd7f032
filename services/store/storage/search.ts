// Finds traces, newest first: reads the index of chunks page by page, opens the traces that have one which may match, and
// compares their spans with the query. Yields to the event loop between pages.

import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as turn } from 'node:timers/promises';
import type { StoredTrace } from './assemble.ts';
import { bitOf, indexed } from './filing.ts';
import { matches } from './match.ts';
import { CHUNKS } from './schema.ts';
import type { Query } from './storage.ts';

const PAGE = 64;
/** How long a search may block the event loop, in ms. */
const TURN_MS = 10;

type Row = { last: number; no: number; id: string };

/** Makes the search over `database`; `open` reads one trace, `widest` is the largest `spread` that there may be. */
export function createSearch(
  database: DatabaseSync,
  open: (traceId: string) => StoredTrace | undefined,
  widest: () => number,
) {
  const operationsNamed = database.prepare(
    'select no from operation where name = :name and (:service is null or service = :service)',
  );
  const page = database.prepare(`
    select last, chunk.no, lower(hex(trace.id)) as id from chunk indexed by chunk_last cross join trace on trace.no = chunk.no / ${CHUNKS}
    where last between :from and :before and (last < :before or chunk.no < :no) and last - spread <= :to
      and longest >= :shortest and shortest <= :longest and (:names is null or names & :names)
      and (:service is null or source in (select no from source where service = :service))
    order by last desc, chunk.no desc limit ${PAGE}`);

  function* rows(query: Query): Generator<Row> {
    const service = query.service === undefined ? null : indexed(query.service);
    const { operation } = query;
    const bounds = {
      service,
      names: operation === undefined ? null : namesOf(indexed(operation), service),
      from: micros(query.from),
      to: micros(query.to),
      shortest: query.shortest === undefined ? Number.MIN_SAFE_INTEGER : micros(query.shortest),
      longest: query.longest === undefined ? Number.MAX_SAFE_INTEGER : micros(query.longest),
    };
    let after = { before: Math.min(Number.MAX_SAFE_INTEGER, micros(query.to) + widest()), no: Number.MAX_SAFE_INTEGER };
    for (;;) {
      const found = page.all({ ...bounds, ...after }) as Row[];
      yield* found;
      const end = found.at(-1);
      if (end === undefined || found.length < PAGE) return;
      after = { before: end.last, no: end.no };
    }
  }

  function namesOf(name: string, service: string | null): number {
    return operationsNamed.all({ name, service }).reduce((names, { no }) => names | bitOf(Number(no)), 0);
  }

  return async function* search(query: Query): AsyncIterable<StoredTrace> {
    const opened = new Set<string>();
    let began = performance.now();
    for (const { id } of rows(query)) {
      if (!opened.has(id)) {
        opened.add(id);
        const found = open(id);
        if (found && matches(found, query)) yield found;
      }
      if (performance.now() - began > TURN_MS) {
        await turn();
        if (query.signal?.aborted) return;
        began = performance.now();
      }
    }
  };
}

function micros(nanoseconds: bigint): number {
  const value = Number(nanoseconds) / 1000;
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, value));
}
