// Makes the site's database what the code needs, and fills it: run once before the workers start. May be run again.

import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { readConfig } from './config.ts';
import { type Database, openDatabase } from './framework/database/database.ts';
import { migrate } from './framework/database/migrate.ts';
import { clearSessions } from './framework/sessions.ts';
import { migrations } from './site/database/migrations.ts';
import { seed } from './site/database/seed.ts';
import { TIME_ZONE } from './site/days.ts';

const config = readConfig(process.env);
const db = openDatabase({ url: config.databaseUrl, comments: false });
try {
  await untilUp(db, config.databaseWait);
  const applied = await migrate(db, migrations);
  await seed(db, config.clock(), TIME_ZONE);
  await clearSessions(db, config.clock());
  console.log(applied.length > 0 ? `Applied ${applied.join(', ')}.` : 'The database is as it should be.');
} catch (error) {
  console.error(`The database could not be made ready: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
} finally {
  await db.destroy();
}

/** Asks the database until it answers; after `wait` ms what it last failed with is thrown. */
async function untilUp(database: Database, wait: number): Promise<void> {
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
