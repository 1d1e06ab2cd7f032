import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Attributes, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { noPostgresql, startPostgresql } from '../../../../tests/support/app/postgresql.ts';
import { recordSpans } from '../../../../tests/support/otel.ts';
import { type Database, openDatabase } from './database.ts';
import { migrate } from './migrate.ts';

const recorded = recordSpans();
const named = (name: string, index: number) => ({ id: 8 + index, name, password: '' });

const accounts = {
  '001_accounts': {
    up: ({ schema }: { schema: Database['schema'] }) =>
      schema
        .createTable('user')
        .addColumn('id', 'integer', (id) => id.primaryKey())
        .addColumn('name', 'text', (name) => name.notNull().unique())
        .addColumn('password', 'text')
        .execute(),
  },
};
const broken = {
  '002_broken': {
    async up({ schema }: { schema: Database['schema'] }) {
      await schema.createTable('half').addColumn('id', 'integer').execute();
      throw new Error('broken on purpose');
    },
  },
};

describe.each([
  {
    system: 'sqlite',
    skip: undefined,
    start: async () => ({ url: join(mkdtempSync(join(tmpdir(), 'waybill-db-')), 'site.db'), stop: async () => {} }),
  },
  { system: 'postgresql', skip: noPostgresql, start: startPostgresql },
])('on $system', ({ system, skip, start }) => {
  let db: Database;
  let stop: () => Promise<void>;
  beforeAll(async () => {
    if (skip) return;
    const started = await start();
    stop = started.stop;
    db = openDatabase(started.url);
    await migrate(db, accounts as never);
    await db.insertInto('user').values({ id: 1, name: 'ola', password: '' }).execute();
  });
  afterAll(async () => {
    await db?.destroy();
    await stop?.();
  });
  beforeEach((context) => {
    if (skip) context.skip(skip);
    recorded.clear();
  });

  test('a query leaves one CLIENT span: summary, text without parameters, rows', async () => {
    await db.selectFrom('user as u').select('u.name').where('u.name', '=', 'a secret').execute();
    const [span, ...more] = recorded.all();
    expect(more).toEqual([]);
    expect([span?.name, span?.kind]).toEqual(['SELECT user', SpanKind.CLIENT]);
    expect(span?.attributes).toMatchObject({
      'db.system.name': system,
      'db.query.summary': 'SELECT user',
      'db.response.returned_rows': 0,
    });
    expect(span?.attributes).not.toHaveProperty('waybill.db.affected_rows');
    expect(span?.attributes['db.query.text']).toMatch(
      /^select "u"."name" from "user" as "u" where "u"."name" = (\?|\$1)$/,
    );
    expect(JSON.stringify(span?.attributes)).not.toContain('a secret');
  });

  const rowsOf = (attributes: Attributes) => [
    attributes['waybill.db.affected_rows'],
    attributes['db.response.returned_rows'],
  ];

  test.each<[string, (all: Database) => Promise<unknown>, affected: number, returned?: number]>([
    ['INSERT user', (all) => all.insertInto('user').values(['x', 'y'].map(named)).execute(), 2],
    ['UPDATE user', (all) => all.updateTable('user').set({ name: 'z' }).where('name', '=', 'x').execute(), 1],
    ['UPDATE user', (all) => all.updateTable('user').set({ name: 'z' }).where('id', '=', 77).execute(), 0],
    [
      'UPDATE user',
      (all) => all.updateTable('user').set({ password: '1' }).where('id', '>', 7).returning('id').execute(),
      2,
      2,
    ],
    ['DELETE user', (all) => all.deleteFrom('user').where('id', '>', 7).execute(), 2],
  ])('%s says how many rows it has changed', async (summary, run, affected, returned) => {
    await run(db);
    expect(recorded.all().map(({ name, attributes }) => [name, ...rowsOf(attributes)])).toEqual([
      [summary, affected, returned],
    ]);
  });

  test('a statement that neither returns nor changes rows has no number of them, even after one that has', async () => {
    await db.transaction().execute((all) => all.updateTable('user').set({ name: 'ola' }).where('id', '=', 1).execute());
    const [, update, commit] = recorded.all().map(({ attributes }) => rowsOf(attributes));
    expect([update, commit]).toEqual([
      [1, undefined],
      [undefined, undefined],
    ]);
  });

  test('a query that fails marks its span as failed, and throws', async () => {
    await expect(db.insertInto('user').values({ id: 1, name: 'ola', password: '' }).execute()).rejects.toThrow();
    expect(recorded.all().map(({ name, status }) => [name, status.code])).toEqual([
      ['INSERT user', SpanStatusCode.ERROR],
    ]);
  });

  test('a transaction that fails leaves nothing behind', async () => {
    const failing = db.transaction().execute(async (all) => {
      await all.insertInto('user').values({ id: 2, name: 'mara', password: '' }).execute();
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(recorded.all().map(({ name }) => name)).toEqual([
      expect.stringMatching(/^BEGIN/),
      'INSERT user',
      'ROLLBACK',
    ]);
    expect(await db.selectFrom('user').select('id').execute()).toEqual([{ id: 1 }]);
  });

  test('two that write at once take turns', async () => {
    const add = (id: number) =>
      db.transaction().execute(async (all) => {
        const { rows } = await all
          .selectFrom('user')
          .select(({ fn }) => fn.countAll<number>().as('rows'))
          .executeTakeFirstOrThrow();
        await all
          .insertInto('user')
          .values({ id, name: `user ${id} of ${rows}`, password: '' })
          .execute();
      });
    for (let id = 20; id < 30; id += 2) await Promise.all([add(id), add(id + 1)]);
    expect(await db.selectFrom('user').select('id').where('id', '>=', 20).execute()).toHaveLength(10);
  });

  test('a migration that fails is undone, and applied again next time', async () => {
    await expect(migrate(db, { ...accounts, ...broken } as never)).rejects.toThrow('broken on purpose');
    const tables = await db.introspection.getTables();
    expect(tables.map(({ name }) => name)).not.toContain('half');
    expect(await migrate(db, accounts as never)).toEqual([]);
  });
});
