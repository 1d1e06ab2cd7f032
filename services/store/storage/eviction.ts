// Keeps the file within its bounds: deletes whole traces, in the order of their arrival. Freed pages are used again.

import type { DatabaseSync } from 'node:sqlite';
import { log } from '../../../runtime/log.ts';
import { CHUNKS } from './schema.ts';
import type { Chunk } from './storage.ts';

export type Bounds = {
  /** The maximum size of the store, in bytes. */
  maxBytes: number;
  /** How long a trace is kept, in ms; see KEPT. */
  maxAge: number;
};

/**
 * This number of the newest traces is not deleted for its age, and the age of the others counts from the arrival of the oldest of
 * them: a clock that is wrong for a while must not empty the store.
 */
export const KEPT = 1000;

/** How many traces are deleted in a transaction. */
const BATCH = 200;
/** The bounds are checked when this part of the maximum size has been written. */
const CHECKED_PART = 1 / 200;

/** Makes the eviction of the oldest traces; calls `evicted` after each transaction. */
export function createEviction(database: DatabaseSync, { maxBytes, maxAge }: Bounds, evicted: () => void) {
  const pageSize = Number(database.prepare('pragma page_size').get()?.page_size);
  const pages = database.prepare(
    'select page_count - freelist_count as used from pragma_page_count, pragma_freelist_count',
  );
  const kept = database.prepare(`select no, arrived from trace order by no desc limit 1 offset ${KEPT - 1}`);
  const oldest = database.prepare(`select no, arrived from trace order by no limit ${BATCH}`);
  const dropTraces = database.prepare('delete from trace where no <= ?');
  const dropChunks = database.prepare('delete from chunk where no < ?');
  const dropSources = database.prepare('delete from source where newest < ?');
  const dropOperations = database.prepare('delete from operation where newest < ?');
  let written = 0;

  function isOver(): boolean {
    return Number(pages.get()?.used) * pageSize > maxBytes;
  }

  /** The last trace of the next batch to delete; undefined if none is to be deleted. */
  function lastToDelete(): number | undefined {
    const candidates = oldest.all() as Trace[];
    if (isOver()) return candidates.at(-1)?.no;
    const newer = kept.get() as Trace | undefined;
    if (newer === undefined) return undefined;
    const young = candidates.findIndex(({ no, arrived }) => no >= newer.no || arrived >= newer.arrived - maxAge);
    return (young === -1 ? candidates : candidates.slice(0, young)).at(-1)?.no;
  }

  /** Deletes the traces up to `last`; false if SQLite could not, which must fail neither an export nor the store. */
  function drop(last: number): boolean {
    const first = (last + 1) * CHUNKS;
    try {
      database.exec('begin immediate');
      dropChunks.run(first);
      dropTraces.run(last);
      dropSources.run(first);
      dropOperations.run(first);
      database.exec('commit');
      evicted();
      return true;
    } catch (error) {
      log.warn({ err: error }, 'The oldest traces could not be deleted; the store will try again.');
      if (database.isTransaction) database.exec('rollback');
      return false;
    }
  }

  function run(): void {
    written = 0;
    for (let last = lastToDelete(); last !== undefined && drop(last); last = lastToDelete()) {
      log.debug(`The traces up to number ${last} were deleted, to keep the store within its bounds.`);
    }
  }

  /** To be called with what has been committed. */
  function noteWritten(chunks: Chunk[]): void {
    for (const { spans } of chunks) for (const span of spans) written += span.length;
    const sources = new Set(chunks.map(({ source }) => source)); // of an export, each once
    for (const { resource, scope } of sources) written += resource.length + scope.length;
    if (written > maxBytes * CHECKED_PART) run();
  }

  return { run, noteWritten };
}

type Trace = { no: number; arrived: number };
