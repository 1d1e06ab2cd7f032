// Stores spans in SQLite. Exports that arrive together are committed together, and acknowledged after that.

import type { DatabaseSync } from 'node:sqlite';
import { log } from '../../../runtime/log.ts';
import { StoreError } from '../errors.ts';
import { assemble, type StoredChunk } from './assemble.ts';
import { type Bounds, createEviction } from './eviction.ts';
import { isDamage, openFile, setAside } from './file.ts';
import { createFiling, indexed } from './filing.ts';
import { CHUNKS } from './schema.ts';
import { createSearch } from './search.ts';
import type { Chunk, Storage } from './storage.ts';

export type SqliteConfig = Bounds & {
  /** The file; `:memory:` for none. */
  path: string;
};

/** The maximum length of a list of services or operations. */
const MAX_LISTED = 10_000;

type Waiting = { chunks: Chunk[]; resolve: () => void; reject: (error: unknown) => void };

/** The maximum number of chunks in a commit, so that it does not block the event loop for long. */
const MAX_CHUNKS = 5000;

/** Opens the storage. Throws StoreError `in_use` when another process has the file open. */
export function createSqliteStorage(config: SqliteConfig): Storage {
  let opened = open(config);
  const waiting: Waiting[] = [];
  let isFull = false;

  function commitWaiting(): void {
    const batch: Waiting[] = [];
    for (let left = MAX_CHUNKS; left > 0 && waiting.length > 0; ) {
      const each = waiting.shift() as Waiting;
      batch.push(each);
      left -= each.chunks.length;
    }
    if (batch.length === 0) return;
    if (waiting.length > 0) setImmediate(commitWaiting);
    try {
      opened.commit(batch.flatMap(({ chunks }) => chunks));
      for (const { resolve } of batch) resolve();
      if (isFull) log.info('The store can write to its file again.');
      isFull = false;
    } catch (error) {
      const full = new StoreError('full', (error as Error).message, error);
      for (const { reject } of batch) reject(full);
      if (!isFull) log.error(full.message); // once, not for every export until it can write again
      isFull = true;
      if (isDamage(error)) startAgain();
    }
  }

  /** The file is damaged: the next exports go into a new one. */
  function startAgain(): void {
    opened.database.close();
    setAside(config.path, 'damaged');
    opened = open(config);
  }

  const aging = setInterval(() => opened.eviction.run(), 60_000).unref();

  return {
    write(chunks) {
      return new Promise((resolve, reject) => {
        if (waiting.length === 0) setImmediate(commitWaiting);
        waiting.push({ chunks, resolve, reject });
      });
    },
    trace: (traceId) => opened.trace(traceId),
    size: (traceId) => opened.size(traceId),
    search: (query) => opened.search(query),
    services: () => opened.services(),
    operations: (service) => opened.operations(service),
    async close() {
      clearInterval(aging);
      while (waiting.length > 0) commitWaiting();
      opened.database.close();
    },
  };
}

function open(config: SqliteConfig) {
  const database = openFile(config.path);
  const filing = createFiling(database);
  const eviction = createEviction(database, config, filing.forget);
  const { trace, size, services, operations } = createReading(database);
  eviction.run();

  function commit(chunks: Chunk[]): void {
    database.exec('begin immediate');
    try {
      filing.file(chunks);
      database.exec('commit');
    } catch (error) {
      if (database.isTransaction) database.exec('rollback'); // SQLite may have done it itself
      filing.forget();
      throw error;
    }
    eviction.noteWritten(chunks);
  }

  const search = createSearch(database, trace, filing.widest);
  return { database, eviction, commit, trace, size, services, operations, search };
}

function createReading(database: DatabaseSync) {
  const bounds = `trace.no * ${CHUNKS} and trace.no * ${CHUNKS} + ${CHUNKS - 1}`;
  const filed = database.prepare(`
    select filed from trace join chunk on chunk.no between ${bounds} where trace.id = unhex(?) order by chunk.no desc limit 1`);
  const chunks = database.prepare(`
    select resource, scope, spans from trace join chunk on chunk.no between ${bounds}
    join source on source.no = chunk.source where trace.id = unhex(?) order by chunk.no`);
  const size = database.prepare(`
    select sum(length(spans)) as bytes from trace join chunk on chunk.no between ${bounds} where trace.id = unhex(?)`);
  const services = database.prepare(`select distinct service from operation order by service limit ${MAX_LISTED}`);
  const operations = database.prepare(
    `select name, kind from operation where service = ? order by name, kind limit ${MAX_LISTED}`,
  );

  return {
    trace(traceId: string) {
      const trace = assemble(traceId, buffers(chunks.iterate(traceId)), () => Number(filed.get(traceId)?.filed));
      return trace.spanCount === 0 ? undefined : trace;
    },
    size: (traceId: string) => Number(size.get(traceId)?.bytes ?? 0),
    services: () => services.all().map(({ service }) => String(service)),
    operations: (service: string) =>
      operations.all(indexed(service)).map(({ name, kind }) => ({ name: String(name), kind: Number(kind) })),
  };
}

/** Rows with their bytes as Buffers. */
function* buffers(rows: Iterable<Record<string, unknown>>): Generator<StoredChunk> {
  for (const { resource, scope, spans } of rows) {
    yield { resource: buffer(resource), scope: buffer(scope), spans: buffer(spans) };
  }
}

function buffer(bytes: unknown): Buffer {
  const { buffer: memory, byteOffset, byteLength } = bytes as Uint8Array;
  return Buffer.from(memory, byteOffset, byteLength);
}
