// A lock that the kernel frees when its process ends, however it ends: no process id, which may later be another
// process's, is written anywhere. SQLite's lock of a database that stays empty.

import { accessSync, constants } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { LabError } from '../cli/command.ts';

const SQLITE_BUSY = 5;
/** Another process may hold the lock for a moment, to check whether it is free. */
const WAIT_MS = 200;

/** Node closes a database that nothing refers to, and SQLite's lock with it. */
const held = new Set<DatabaseSync>();

/** Locks `file` for this process. Returns how to release it; undefined when another process has it. Throws a LabError when it cannot be locked. */
export function acquireLock(file: string): (() => void) | undefined {
  let database: DatabaseSync | undefined;
  try {
    accessSync(dirname(file), constants.W_OK); // SQLite locks a file that exists on a read-only file system, too
    database = new DatabaseSync(file, { timeout: WAIT_MS });
    database.exec('begin exclusive');
  } catch (error) {
    database?.close();
    const { errcode, message } = error as Error & { errcode?: number };
    if (errcode === SQLITE_BUSY) return undefined;
    throw new LabError(`${file} cannot be locked (${message}): free space on its disk, or make it writable.`);
  }
  held.add(database);
  return () => {
    held.delete(database);
    database.close();
  };
}
