// SQLite through node:sqlite: one file, shared by all workers of this machine.
// WAL lets readers read while one writes; a second writer waits up to BUSY_MS. Each worker has one connection.

import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely';
import { writableFolder } from '../../../../runtime/folder.ts';
import type { Connection, Engine } from './engine.ts';

const BUSY_MS = 5000;
/** How many prepared statements are kept; a statement's text never has parameters in it, so there are few. */
const KEPT_STATEMENTS = 200;

/** Statements that change rows. */
const CHANGES = /^\s*(insert|update|delete)\b/i;

/** Kysely would apply migrations without a transaction, for SQLites older than this one. */
class Adapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/** Opens (or makes) the database in `file`, and its folder. */
export function openSqlite(file: string): Engine {
  writableFolder('WAYBILL_HOME or WAYBILL_DATABASE_URL', dirname(file));
  const database = new DatabaseSync(file, { timeout: BUSY_MS });
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON');
  const statements = new Map<string, StatementSync>();

  const prepare = (sql: string): StatementSync => {
    const kept = statements.get(sql);
    if (kept) return kept;
    if (statements.size >= KEPT_STATEMENTS) statements.clear();
    const statement = database.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };

  const connection: Connection = {
    query(sql, parameters) {
      const statement = prepare(sql);
      const values = parameters as SQLInputValue[];
      const isChange = CHANGES.test(sql);
      if (statement.columns().length > 0) {
        const rows = statement.all(...values);
        return { rows, affected: isChange ? rows.length : undefined };
      }
      const { changes } = statement.run(...values);
      return { affected: isChange ? Number(changes) : undefined }; // after others SQLite gives the number of the last change
    },
  };

  // Whoever comes while the connection is taken waits in line.
  const waiting: (() => void)[] = [];
  let taken = false;

  return {
    system: 'sqlite',
    attributes: {},
    begin: 'begin immediate', // a reader that begins to write later could not wait its turn
    adapter: new Adapter(),
    compiler: () => new SqliteQueryCompiler(),
    introspector: (db) => new SqliteIntrospector(db),
    async acquire() {
      if (taken) await new Promise<void>((resolve) => waiting.push(resolve));
      taken = true;
      return connection;
    },
    release() {
      const next = waiting.shift();
      if (next) next();
      else taken = false;
    },
    async close() {
      statements.clear();
      database.close();
    },
  };
}
