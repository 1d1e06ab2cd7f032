// Opens traces.db. A file that cannot be used (damaged, or of another version) is renamed, never overwritten: its traces may be
// recoverable.

import { existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { PathError, writableFolder } from '../../../runtime/folder.ts';
import { log } from '../../../runtime/log.ts';
import { StoreError } from '../errors.ts';
import { APPLICATION_ID, SCHEMA, SCHEMA_VERSION } from './schema.ts';

/** SQLite's result codes. */
const BUSY = 5;
const CORRUPT = 11;
const NOT_A_DATABASE = 26;

/** Larger files are not checked at the start, which would take seconds; their damage is found when it is read. */
const CHECKED_BYTES = 100_000_000;

/**
 * Opens the database in `path` (`:memory:` for none); creates it if it does not exist.
 * Throws StoreError `in_use` when another process has it open, `no_file` when it cannot be created or opened.
 */
export function openFile(path: string): DatabaseSync {
  if (path === ':memory:') return prepare(new DatabaseSync(path));
  try {
    writableFolder('WAYBILL_HOME', dirname(path), 0o700);
    const wrong = existsSync(path) ? whatIsWrong(path) : undefined;
    if (wrong) setAside(path, wrong);
    return prepare(new DatabaseSync(path));
  } catch (error) {
    if (error instanceof StoreError || error instanceof PathError) throw error;
    throw new StoreError('no_file', `${path}: ${(error as Error).message}`, error);
  }
}

/** Renames the file and its journal; `path` is free then. */
export function setAside(path: string, reason: string): void {
  const name = `${path}.${reason.replaceAll(' ', '-')}-${new Date().toISOString().replaceAll(':', '-')}`;
  for (const part of ['', '-wal']) if (existsSync(path + part)) renameSync(path + part, name + part);
  rmSync(`${path}-shm`, { force: true });
  log.warn(`${path} is ${reason}. It was renamed to ${name}; a new file was created.`);
}

/** Whether an error says that the file is damaged. */
export function isDamage(error: unknown): boolean {
  return [CORRUPT, NOT_A_DATABASE].includes(codeOf(error));
}

function whatIsWrong(path: string): string | undefined {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path);
    lock(database, path);
    if (pragma(database, 'application_id') !== APPLICATION_ID) {
      const empty = database.prepare('select count(*) as count from sqlite_schema').get()?.count === 0;
      return empty ? undefined : 'not a trace store';
    }
    const version = pragma(database, 'user_version');
    if (version !== SCHEMA_VERSION) return version > SCHEMA_VERSION ? 'of a newer Waybill' : 'of an older Waybill';
    if (statSync(path).size < CHECKED_BYTES && !isSound(database)) return 'damaged';
    return undefined;
  } catch (error) {
    if (isDamage(error)) return 'damaged';
    throw error;
  } finally {
    database?.close();
  }
}

function isSound(database: DatabaseSync): boolean {
  return database.prepare('pragma quick_check(1)').get()?.quick_check === 'ok';
}

function prepare(database: DatabaseSync): DatabaseSync {
  lock(database, database.location() ?? ':memory:');
  // WAL with NORMAL: a commit is in the system's page cache when it is acknowledged: it survives kill -9, not a power cut.
  database.exec('pragma journal_mode = wal; pragma synchronous = normal; pragma temp_store = memory');
  // Fewer, larger checkpoints, each of 16 MB of pages: each waits for the disk. The system caches the file, SQLite need not.
  database.exec('pragma wal_autocheckpoint = 4000; pragma cache_size = -4000; pragma journal_size_limit = 67108864');
  if (pragma(database, 'user_version') === 0) database.exec(`begin; ${SCHEMA} commit`);
  return database;
}

function lock(database: DatabaseSync, path: string): void {
  try {
    database.exec('pragma locking_mode = exclusive; begin immediate; commit');
  } catch (error) {
    throw codeOf(error) === BUSY ? new StoreError('in_use', path) : error;
  }
}

function pragma(database: DatabaseSync, name: string): number {
  return Number(database.prepare(`pragma ${name}`).get()?.[name]);
}

/** The primary result code of a SQLite error. */
function codeOf(error: unknown): number {
  return Number((error as { errcode?: number }).errcode ?? 0) & 0xff;
}
