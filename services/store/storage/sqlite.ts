// Keeps spans in SQLite. Exports that arrive together are committed together, and acknowledged after that.

import type { DatabaseSync } from 'node:sqlite';
import { StoreError } from '../errors.ts';
import { assemble, type StoredChunk } from './assemble.ts';
import { type Bounds, createEviction } from './eviction.ts';
import { isDamage, openFile, setAside } from './file.ts';
import { createFiling } from './filing.ts';
import { CHUNKS } from './schema.ts';
import { createSearch } from './search.ts';
import type { Chunk, Storage } from './storage.ts';

export type SqliteConfig = Bounds & {
  /** The file; `:memory:` for none. */
  path: string;
};

type Waiting = { chunks: Chunk[]; resolve: () => void; reject: (error: unknown) => void };

/** Opens the storage. Throws StoreError `in_use` when another process has the file open. */
export function createSqliteStorage(config: SqliteConfig): Storage {
  let opened = open(config);
  let waiting: Waiting[] = [];

  function commitWaiting(): void {
    const batch = waiting;
    waiting = [];
    try {
      opened.commit(batch.flatMap(({ chunks }) => chunks));
      for (const { resolve } of batch) resolve();
    } catch (error) {
      for (const { reject } of batch) reject(new StoreError('full', (error as Error).message, error));
      if (isDamage(error)) startAgain();
    }
  }

  /** The file turned out to be damaged: the next exports go into a new one. */
  function startAgain(): void {
    opened.database.close();
    setAside(config.path, 'damaged');
    opened = open(config);
  }

  const ageing = setInterval(() => opened.eviction.run(), 60_000).unref();

  return {
    write(chunks) {
      return new Promise((resolve, reject) => {
        if (waiting.length === 0) setImmediate(commitWaiting);
        waiting.push({ chunks, resolve, reject });
      });
    },
    trace: (traceId) => opened.trace(traceId),
    search: (query) => opened.search(query),
    services: () => opened.services(),
    operations: (service) => opened.operations(service),
    async close() {
      clearInterval(ageing);
      if (waiting.length > 0) commitWaiting();
      opened.database.close();
    },
  };
}

function open(config: SqliteConfig) {
  const database = openFile(config.path);
  const filing = createFiling(database);
  const eviction = createEviction(database, config, filing.forget);
  const { trace, services, operations } = createReading(database);
  eviction.run();

  function commit(chunks: Chunk[]): void {
    database.exec('begin immediate');
    try {
      for (const chunk of chunks) filing.file(chunk);
      filing.noteSources();
      database.exec('commit');
    } catch (error) {
      filing.forget();
      if (database.isTransaction) database.exec('rollback'); // SQLite may have done it itself
      throw error;
    }
    eviction.noteWritten(chunks);
  }

  return { database, eviction, commit, trace, services, operations, search: createSearch(database, trace) };
}

function createReading(database: DatabaseSync) {
  const byId = database.prepare(`
    select resource, scope, spans from trace
    join chunk on chunk.no between trace.no * ${CHUNKS} and trace.no * ${CHUNKS} + ${CHUNKS - 1} join source on source.no = chunk.source
    where trace.id = ? order by chunk.no`);
  const services = database.prepare('select distinct service from label where kind >= 0 order by service');
  const operations = database.prepare(
    'select name, kind from label where service = ? and kind >= 0 order by name, kind',
  );

  return {
    trace(traceId: string) {
      const rows = byId.all(traceId) as { resource: Uint8Array; scope: Uint8Array; spans: Uint8Array }[];
      if (rows.length === 0) return undefined;
      const chunks: StoredChunk[] = rows.map(({ resource, scope, spans }) => ({
        resource: buffer(resource),
        scope: buffer(scope),
        spans: buffer(spans),
      }));
      return assemble(traceId, chunks);
    },
    services: () => services.all().map(({ service }) => String(service)),
    operations: (service: string) =>
      operations.all(service).map(({ name, kind }) => ({ name: String(name), kind: Number(kind) })),
  };
}

function buffer({ buffer: memory, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(memory, byteOffset, byteLength);
}
