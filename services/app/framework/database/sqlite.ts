// SQLite through node:sqlite: one file, shared by all workers of this machine.
// WAL lets readers read while one writes; a second writer waits up to BUSY_MS. Each worker has one connection.

import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { ATTR_DB_SYSTEM_NAME } from '@opentelemetry/semantic-conventions';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  SqliteAdapter,
  type SqliteDialectConfig,
  SqliteDriver,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type SqliteStatement,
} from 'kysely';
import { writableFolder } from '../../../../runtime/folder.ts';

const BUSY_MS = 5000;
/** The maximum of prepared statements; parameters are not part of their text, so there are few. */
const MAX_STATEMENTS = 200;

/** A transaction that reads first and writes later could not wait for its turn: it takes the write lock at once. */
class Driver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }
}

/** Kysely would apply migrations without a transaction, for SQLites older than this one. */
class Adapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/** Opens (or creates) the database in `file`, and its folder: the attributes of its spans, and its dialect. */
export function sqlite(file: string) {
  writableFolder('WAYBILL_HOME or WAYBILL_DATABASE_URL', dirname(file));
  const database = new DatabaseSync(file, { timeout: BUSY_MS });
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON');
  const statements = new Map<string, SqliteStatement>();

  const prepare = (sql: string): SqliteStatement => {
    let statement = statements.get(sql);
    if (statement === undefined) {
      if (statements.size >= MAX_STATEMENTS) statements.clear();
      statement = statementOf(database, sql);
      statements.set(sql, statement);
    }
    return statement;
  };
  return {
    attributes: { [ATTR_DB_SYSTEM_NAME]: 'sqlite' },
    dialectWith: (onCreateConnection: NonNullable<SqliteDialectConfig['onCreateConnection']>): Dialect => ({
      createDriver: () => new Driver({ database: { prepare, close: () => database.close() }, onCreateConnection }),
      createAdapter: () => new Adapter(),
      createQueryCompiler: () => new SqliteQueryCompiler(),
      createIntrospector: (db) => new SqliteIntrospector(db),
    }),
  };
}

/** A statement of node:sqlite with the interface that Kysely expects (better-sqlite3's). */
function statementOf(database: DatabaseSync, sql: string): SqliteStatement {
  const statement = database.prepare(sql);
  const valuesOf = (parameters: readonly unknown[]) => parameters as SQLInputValue[];
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...valuesOf(parameters)),
    run: (parameters) => statement.run(...valuesOf(parameters)),
    iterate: (parameters) => statement.iterate(...valuesOf(parameters)),
  };
}
