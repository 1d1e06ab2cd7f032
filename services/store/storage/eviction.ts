// Keeps the file within its bounds: whole traces go, those that arrived first go first. Freed pages are used again.
// Their rows in `seen`, which has no index by trace, go when many have gathered: it is read through for that.

import type { DatabaseSync } from 'node:sqlite';
import { log } from '../../../runtime/log.ts';
import { CHUNKS } from './schema.ts';
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
/** `seen` is read through when it lacks as many traces as this part of those that are there. */
const UNSEEN = 10;

/** Makes the eviction; `evicted` is called when rows have gone. */
export function createEviction(database: DatabaseSync, { maxBytes, maxAge }: Bounds, evicted: () => void) {
  const pageSize = Number(database.prepare('pragma page_size').get()?.page_size);
  const pages = database.prepare(
    'select page_count - freelist_count as used from pragma_page_count, pragma_freelist_count',
  );
  const oldest = database.prepare('select no, arrived from trace order by no limit ?');
  const count = database.prepare('select count(*) as traces from trace');
  const dropTraces = database.prepare('delete from trace where no <= ?');
  const dropChunks = database.prepare('delete from chunk where no < ?');
  const dropSources = database.prepare('delete from source where newest < ?');
  const dropSeen = database.prepare('delete from seen where trace <= ?');
  const dropLabels = database.prepare(
    'delete from label where not exists (select 1 from seen where seen.label = label.no)',
  );
  let written = 0;
  /** Traces that have gone, but not from `seen`; an earlier process may have left any number. */
  let unseen = Infinity;

  function isOver(): boolean {
    return Number(pages.get()?.used) * pageSize > maxBytes;
  }

  /** Does `drop` in one transaction; false if SQLite could not, which must end neither an export nor the store. */
  function inTransaction(drop: () => void): boolean {
    try {
      database.exec('begin immediate');
      drop();
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
    let upTo = 0;
    for (;;) {
      const candidates = oldest.all(AT_ONCE) as { no: number; arrived: number }[];
      const old = candidates.filter(({ arrived }) => arrived < Date.now() - maxAge);
      const leaving = isOver() ? candidates : old;
      const last = leaving.at(-1)?.no;
      if (last === undefined) break;
      const dropped = inTransaction(() => {
        dropChunks.run((last + 1) * CHUNKS);
        dropTraces.run(last);
      });
      if (!dropped) break;
      gone += leaving.length;
      upTo = last;
    }
    if (gone === 0) return;
    unseen += gone;
    if (unseen > Number(count.get()?.traces) / UNSEEN) {
      const dropped = inTransaction(() => {
        dropSeen.run(upTo);
        dropLabels.run();
        dropSources.run((upTo + 1) * CHUNKS);
      });
      if (dropped) unseen = 0;
    }
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
