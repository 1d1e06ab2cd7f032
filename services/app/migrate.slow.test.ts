// In processes of their own, as the lab runs them: the database is created once, by the first.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { openDatabase } from './framework/database/database.ts';
import './site/database/tables.ts';
import { noPostgresql, startPostgresql } from '../../tests/support/app/postgresql.ts';

async function migrate(environment: NodeJS.ProcessEnv) {
  const child = spawn(process.execPath, ['services/app/migrate.ts'], { env: { ...process.env, ...environment } });
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code, stdout, stderr };
}

describe.each([
  { database: 'SQLite', skip: undefined, start: async () => ({ url: '', stop: async () => {} }) },
  { database: 'PostgreSQL', skip: noPostgresql, start: startPostgresql },
])('on $database', ({ skip, start }) => {
  beforeEach((context) => {
    if (skip) context.skip(skip);
  });

  test('run twice at once, and once more, it creates one database and keeps its rows', async () => {
    const home = mkdtempSync(join(tmpdir(), 'waybill-migrate-'));
    const { url, stop } = await start();
    const environment = { WAYBILL_HOME: home, WAYBILL_DATABASE_URL: url };
    const first = await Promise.all([migrate(environment), migrate(environment)]);
    expect(first.map(({ code, stderr }) => [code, stderr])).toEqual([
      [0, ''],
      [0, ''],
    ]);
    const db = openDatabase(url || join(home, 'site.db'));
    await db.updateTable('job').set({ description: 'mine' }).where('id', '=', 1).execute();
    expect((await migrate(environment)).stdout).toBe('The database is up to date.\n');
    const jobs = await db.selectFrom('job').select(['id', 'description']).orderBy('id').execute();
    expect([jobs.length, jobs[0]]).toEqual([6, { id: 1, description: 'mine' }]);
    await db.destroy();
    await stop();
    rmSync(home, { recursive: true });
  });
});

test('a database that is not reachable: one line, and exit code 1', async () => {
  const { code, stderr } = await migrate({ WAYBILL_DATABASE_URL: 'postgresql://waybill@127.0.0.1:1/waybill' });
  expect([code, stderr.trim().split('\n').length]).toEqual([1, 1]);
  expect(stderr).toContain('ECONNREFUSED');
});

test.each([
  ['another file', 'file is not a database'],
  ['a newer one', 'corrupted migrations: previously executed migration 999_future is missing'],
  ['a folder', 'unable to open database file'],
])('SQLite, with %s as the file: one line that says what to do', async (what, reason) => {
  const home = mkdtempSync(join(tmpdir(), 'waybill-migrate-'));
  onTestFinished(() => rmSync(home, { recursive: true }));
  const file = join(home, 'site.db');
  if (what === 'another file') writeFileSync(file, 'plain text');
  if (what === 'a folder') mkdirSync(file);
  if (what === 'a newer one') {
    await migrate({ WAYBILL_HOME: home });
    const database = new DatabaseSync(file);
    database.exec("insert into kysely_migration values ('999_future', '2030-01-01')");
    database.close();
  }
  const { code, stderr } = await migrate({ WAYBILL_HOME: home });
  expect(code).toBe(1);
  expect(stderr).toBe(
    `The database ${file} could not be migrated: ${reason}. To continue, move it away; the next start creates a new one.\n`,
  );
});
