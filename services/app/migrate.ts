// Makes the site's database what the code needs, and fills it: run once before the workers start. May be run again.

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

/** By SQLite's primary result codes; any other failure is one of the file: damaged, or made by another version. */
const REMEDIES: Record<number, string> = {
  1: 'mend the migration: nothing of it was kept',
  5: 'end the program that has it open',
  8: 'let this user write to it',
  13: 'free some space on its disk',
};

const config = await runTask(() => readConfig());
const { migrations, seed, TIME_ZONE } = await runTask(() => readSiteData(config).catch(siteError));
let db: Database | undefined;
try {
  await context.with(inheritedContext(environment), prepare);
} catch (error) {
  console.error(whatToDo(error, config.databaseUrl));
  process.exitCode = 1;
} finally {
  await db?.destroy();
  await flush();
}

async function prepare(): Promise<void> {
  db = openDatabase({ url: config.databaseUrl, comments: false });
  await untilUp(db, config.databaseWait);
  const applied = await migrate(db, migrations, config.site.hasOthers);
  await seed(db, config.clock(), TIME_ZONE);
  await clearSessions(db, config.clock());
  console.log(applied.length > 0 ? `Applied ${applied.join(', ')}.` : 'The database is as it should be.');
}

/** The database is as it was: what is wrong is the site's code. */
function siteError(error: unknown): never {
  throw new Error(`The site in ${config.site.folder} cannot be read: ${withPlace(error, config.site.folder)}`);
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

/** Why the database is not ready and what to do about it, in one line. */
function whatToDo(error: unknown, url: string): string {
  const { message, errcode } = error as Error & { errcode?: number };
  const reason = `could not be made ready: ${message}`;
  if (/^postgres(ql)?:/.test(url)) return `The database ${reason}`;
  const remedy = REMEDIES[(errcode ?? 0) & 0xff] ?? 'move it away, and the next start makes a new one';
  return `The database ${url} ${reason}. To go on, ${remedy}.`;
}
