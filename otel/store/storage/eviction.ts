// Keeps the file within its bounds: whole traces go, those that arrived first go first. Freed pages are used again.

import type { DatabaseSync } from 'node:sqlite';
import { log } from '../../log.ts';
import type { Chunk } from './storage.ts';

export type Bounds = {
  /** How large the store may become, in bytes. */
  maxBytes: number;
  /** How long a trace is kept, in ms. */
  maxAge: number;
};

/** How many traces go in one transaction. */
const AT_ONCE = 200;
/** Looked at when this part of the bound has been written. */
const SHARE = 200;

/** Makes the eviction; `evicted` is called when rows have gone. */
export function createEviction(database: DatabaseSync, { maxBytes, maxAge }: Bounds, evicted: () => void) {
  const pageSize = Number(database.prepare('pragma page_size').get()?.page_size);
  const pages = database.prepare(
    'select page_count - freelist_count as used from pragma_page_count, pragma_freelist_count',
  );
  const oldest = database.prepare('select no, arrived from trace order by no limit ?');
  const drop = [
    database.prepare('delete from seen where trace <= ?'),
    database.prepare('delete from chunk where trace <= ?'),
    database.prepare('delete from trace where no <= ?'),
  ];
  const dropUnused = ['source', 'label'].map((table) => {
    const user = table === 'source' ? 'chunk' : 'seen';
    return `delete from ${table} where not exists (select 1 from ${user} where ${user}.${table} = ${table}.no)`;
  });
  let written = 0;

  function isOver(): boolean {
    return Number(pages.get()?.used) * pageSize > maxBytes;
  }

  /** Drops traces up to number `last`; false if SQLite could not, which must end neither an export nor the store. */
  function dropUpTo(last: number): boolean {
    try {
      database.exec('begin immediate');
      for (const statement of drop) statement.run(last);
      database.exec('commit');
      return true;
    } catch (error) {
      log.warn({ err: error }, 'The oldest traces could not be dropped; it will be tried again.');
      if (database.isTransaction) database.exec('rollback');
      return false;
    }
  }

  function run(): void {
    written = 0;
    let gone = 0;
    for (;;) {
      const candidates = oldest.all(AT_ONCE) as { no: number; arrived: number }[];
      const old = candidates.filter(({ arrived }) => arrived < Date.now() - maxAge);
      const leaving = isOver() ? candidates : old;
      const last = leaving.at(-1);
      if (last === undefined) break;
      if (!dropUpTo(last.no)) break;
      gone += leaving.length;
    }
    if (gone === 0) return;
    for (const statement of dropUnused) database.exec(statement);
    evicted();
    log.debug(`The ${gone} oldest traces left the store, to keep its bounds.`);
  }

  /** To be called with what has been committed. */
  function noteWritten(chunks: Chunk[]): void {
    for (const { spans } of chunks) for (const span of spans) written += span.length;
    if (written > maxBytes / SHARE) run();
  }

  return { run, noteWritten };
}
