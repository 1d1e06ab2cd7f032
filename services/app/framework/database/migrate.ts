// Migrations: steps that bring the tables to what the code expects, each applied once, in order; Kysely's Migrator
// keeps the list of those that were, and a lock so that two at once do no harm.

import { type Migration, Migrator } from 'kysely/migration';
import type { Database } from './database.ts';

/** Migrations by name; they are applied in the order of their names. */
export type Migrations = Record<string, Migration>;

/** Applies those that are not yet; returns their names. Throws what the first one that fails throws. */
export async function migrate(db: Database, migrations: Migrations): Promise<string[]> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const { error, results } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
  return results?.map(({ migrationName }) => migrationName) ?? [];
}
