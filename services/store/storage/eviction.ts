// Keeps the file within its bounds: whole traces go, those that arrived first go first. Freed pages are used again.

import type { DatabaseSync } from 'node:sqlite';
import { log } from '../../../runtime/log.ts';
import { CHUNKS } from './schema.ts';
import type { Chunk } from './storage.ts';

export type Bounds = {
  /** How large the store may become, in bytes. */
  maxBytes: number;
  /** How long a trace is kept, in ms; see KEPT. */
  maxAge: number;
};

/**
 * So many of the newest traces do not go for their age, and it is the oldest of them from whose arrival the age of the others
 * counts: a clock that is wrong for a while must not empty the store.
 */
export const KEPT = 1000;

/** How many traces go in one transaction. */
const AT_ONCE = 200;
/** Looked at when this part of the bound has been written. */
const SHARE = 200;

/** Makes the eviction of the oldest traces; calls `evicted` after each transaction. */
export function createEviction(database: DatabaseSync, { maxBytes, maxAge }: Bounds, evicted: () => void) {
  const pageSize = Number(database.prepare('pragma page_size').get()?.page_size);
  const pages = database.prepare(
    'select page_count - freelist_count as used from pragma_page_count, pragma_freelist_count',
  );
  const kept = database.prepare(`select no, arrived from trace order by no desc limit 1 offset ${KEPT - 1}`);
  const oldest = database.prepare(`select no, arrived from trace order by no limit ${AT_ONCE}`);
  const dropTraces = database.prepare('delete from trace where no <= ?');
  const dropChunks = database.prepare('delete from chunk where no < ?');
  const dropSources = database.prepare('delete from source where newest < ?');
  const dropOperations = database.prepare('delete from operation where newest < ?');
  let written = 0;

  function isOver(): boolean {
    return Number(pages.get()?.used) * pageSize > maxBytes;
  }

  /** The last trace of those that go next, all up to it; undefined if all may stay. */
  function lastToGo(): number | undefined {
    const candidates = oldest.all() as Trace[];
    if (isOver()) return candidates.at(-1)?.no;
    const newer = kept.get() as Trace | undefined;
    if (newer === undefined) return undefined;
    const young = candidates.findIndex(({ no, arrived }) => no >= newer.no || arrived >= newer.arrived - maxAge);
    return (young === -1 ? candidates : candidates.slice(0, young)).at(-1)?.no;
  }

  /** Drops the traces up to `last`; false if SQLite could not, which must end neither an export nor the store. */
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
      log.warn({ err: error }, 'The oldest traces could not be dropped; it will be tried again.');
      if (database.isTransaction) database.exec('rollback');
      return false;
    }
  }

  function run(): void {
    written = 0;
    for (let last = lastToGo(); last !== undefined && drop(last); last = lastToGo()) {
      log.debug(`The traces up to number ${last} left the store, to keep its bounds.`);
    }
  }

  /** To be called with what has been committed. */
  function noteWritten(chunks: Chunk[]): void {
    for (const { spans } of chunks) for (const span of spans) written += span.length;
    const sources = new Set(chunks.map(({ source }) => source)); // of an export, each once
    for (const { resource, scope } of sources) written += resource.length + scope.length;
    if (written > maxBytes / SHARE) run();
  }

  return { run, noteWritten };
}

type Trace = { no: number; arrived: number };
