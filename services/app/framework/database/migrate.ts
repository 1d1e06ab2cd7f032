// Migrations: changes of the tables, each applied once, in order. Kysely's Migrator keeps the list of those applied, and a lock
// so that two processes can migrate at once.

import { sql } from 'kysely';
import { DEFAULT_MIGRATION_TABLE, type Migration, Migrator } from 'kysely/migration';
import { deployment } from '../../../../otel/contract/index.ts';
import { inSpan } from '../../../../otel/span.ts';
import type { Database } from './database.ts';

/** Migrations by name; they are applied in the order of their names. */
export type Migrations = Record<string, Migration>;

/**
 * Applies those that are not applied yet; returns their names. Throws what a migration throws, and an Error if the database has an
 * unknown one, unless `hasOthers`: then other releases of the site may have applied more.
 */
export async function migrate(db: Database, migrations: Migrations, hasOthers = false): Promise<string[]> {
  const others = hasOthers ? await appliedByOthers(db, migrations) : {};
  const all = { ...others, ...Object.fromEntries(Object.entries(migrations).map(traced)) };
  const migrator = new Migrator({ db, provider: { getMigrations: async () => all } });
  const { error, results } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
  return results?.map(({ migrationName }) => migrationName) ?? [];
}

async function appliedByOthers(db: Database, migrations: Migrations): Promise<Migrations> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some(({ name }) => name === DEFAULT_MIGRATION_TABLE)) return {};
  const { rows } = await sql<{ name: string }>`select name from ${sql.table(DEFAULT_MIGRATION_TABLE)}`.execute(db);
  const others = rows.filter(({ name }) => !Object.hasOwn(migrations, name));
  return Object.fromEntries(others.map(({ name }) => [name, { up: async () => {} }]));
}

function traced([name, migration]: [string, Migration]): [string, Migration] {
  const up: Migration['up'] = (db) => inSpan(deployment.migration, { words: { name } }, () => migration.up(db));
  return [name, { ...migration, up }];
}
