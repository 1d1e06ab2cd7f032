// Migrates the site's database and fills it: run before the workers start. May be run again.

import { setTimeout as delay } from 'node:timers/promises';
import { context } from '@opentelemetry/api';
import { sql } from 'kysely';
import { flush } from '../../otel/flush.ts';
import { inheritedContext } from '../../otel/propagation/environment.ts';
import { environment } from '../../runtime/config.ts';
import { withPlace } from '../../runtime/wrong-line.ts';
import { readConfig } from './config.ts';
import { type Database, openDatabase } from './framework/database/database.ts';
import { migrate } from './framework/database/migrate.ts';
import { clearSessions } from './framework/sessions.ts';
import { readSiteData } from './site.ts';
import { runTask } from './task.ts';

/** What to do, by SQLite's primary result codes. Any other means that the file is damaged, or of another version. */
const FIXES: Record<number, string> = {
  1: 'fix the migration: it was rolled back',
  5: 'close the program that has it open',
  8: 'give this user permission to write to it',
  13: 'free some space on its disk',
};

const config = await runTask(() => readConfig());
const { migrations, seed, TIME_ZONE } = await runTask(() => readSiteData(config).catch(siteError));
let db: Database | undefined;
try {
  await context.with(inheritedContext(environment), prepare);
} catch (error) {
  console.error(databaseError(error, config.databaseUrl));
  process.exitCode = 1;
} finally {
  await db?.destroy();
  await flush();
}

async function prepare(): Promise<void> {
  db = openDatabase(config.databaseUrl);
  await waitUntilUp(db, config.databaseWait);
  const applied = await migrate(db, migrations, config.site.hasOthers);
  await seed(db, config.clock(), TIME_ZONE);
  await clearSessions(db, config.clock());
  console.log(applied.length > 0 ? `Applied ${applied.join(', ')}.` : 'The database is up to date.');
}

/** An error of the site's code, before the database is opened. */
function siteError(error: unknown): never {
  throw new Error(`The site in ${config.site.folder} cannot be loaded: ${withPlace(error, config.site.folder)}`);
}

/** Queries the database until it answers. Throws its last error after `wait` ms. */
async function waitUntilUp(database: Database, wait: number): Promise<void> {
  const deadline = performance.now() + wait;
  for (;;) {
    try {
      await sql`select 1`.execute(database);
      return;
    } catch (error) {
      if (performance.now() >= deadline) throw error;
      await delay(100);
    }
  }
}

/** Why the database cannot be used, and what to do, in one line. */
function databaseError(error: unknown, url: string): string {
  const { message, errcode } = error as Error & { errcode?: number };
  const reason = `could not be migrated: ${message}`;
  if (/^postgres(ql)?:/.test(url)) return `The database ${reason}`;
  const fix = FIXES[(errcode ?? 0) & 0xff] ?? 'move it away; the next start creates a new one';
  return `The database ${url} ${reason}. To continue, ${fix}.`;
}
