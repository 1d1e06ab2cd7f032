import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { log } from '../../../runtime/log.ts';
import { recordSpans } from '../../../tests/support/otel.ts';
import { migrations } from '../site/database/migrations.ts';
import { type Database, openDatabase } from './database/database.ts';
import { migrate } from './database/migrate.ts';
import { sendTask, startTaskWorker, type Task } from './tasks.ts';

const recorded = recordSpans();
const WAIT = { interval: 5 };

let url: string;
let db: Database;
let now: Date;
beforeEach(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-tasks-'));
  url = join(folder, 'site.db');
  db = openDatabase(url);
  now = new Date('2026-06-10T19:00:00Z');
  await migrate(db, migrations);
  recorded.clear();
  onTestFinished(async () => {
    await db.destroy();
    rmSync(folder, { recursive: true });
  });
});

/** A task that stores each argument as a name in a table of the site. */
const copy: Task = {
  name: 'copies',
  work: async (_, name) => (all) =>
    all
      .insertInto('letter')
      .values({ name: String(name), subject: '', body: '' })
      .execute(),
};
const stored = async () =>
  (await db.selectFrom('letter').select('name').orderBy('name').execute()).map((each) => each.name);
const waiting = () => db.selectFrom('task').selectAll().execute();
const processed = () => recorded.named('process copies');
const attributeOf = (name: string) => processed().map(({ attributes }) => attributes[name]);

function start(task: Task = copy, database: Database = db) {
  const worker = startTaskWorker(database, [task], () => now);
  onTestFinished(worker.stop);
  return worker;
}

/** As time passes until a worker that has a message must be done with it. */
function endLease(): void {
  now = new Date(now.getTime() + 10_001);
}

test('the work is a trace of its own, with a link to the span that sent the message', async () => {
  await sendTask(db, copy, 'ola', now);
  start();
  await vi.waitFor(() => expect(processed()).toHaveLength(1), WAIT);
  const [sent] = recorded.named('send copies');
  const [work] = processed();
  expect(work?.parentSpanContext).toBeUndefined();
  expect(work?.spanContext().traceId).not.toBe(sent?.spanContext().traceId);
  expect(work?.links.map((link) => link.context.spanId)).toEqual([sent?.spanContext().spanId]);
  expect(work?.attributes).toMatchObject({
    'messaging.system': 'database',
    'messaging.operation.type': 'process',
    'messaging.destination.name': 'copies',
    'messaging.message.id': sent?.attributes['messaging.message.id'],
    'waybill.task.attempt': 1,
  });
  expect([await stored(), await waiting()]).toEqual([['ola'], []]);
});

test('polling an empty queue leaves no spans', async () => {
  const worker = start();
  await worker.stop();
  expect(recorded.all().filter(({ name }) => name.endsWith(' task'))).toEqual([]);
});

test('two workers process each message once', async () => {
  const names = Array.from({ length: 12 }, (_, index) => `name ${String.fromCharCode(97 + index)}`);
  for (const name of names) await sendTask(db, copy, name, now);
  const other = openDatabase(url);
  onTestFinished(() => other.destroy());
  start();
  start(copy, other);
  await vi.waitFor(async () => expect(await waiting()).toEqual([]), WAIT);
  expect(await stored()).toEqual(names);
  expect(attributeOf('waybill.task.attempt')).toEqual(names.map(() => 1));
});

test('when the work fails, the message stays, nothing is stored, and it is taken again after the lease', async () => {
  let times = 0;
  const failsOnce: Task = {
    name: 'copies',
    work: async (...given) => {
      const store = await copy.work(...given);
      return async (all) => {
        await store(all);
        if (times++ === 0) throw new Error('not this time');
      };
    },
  };
  await sendTask(db, copy, 'ola', now);
  start(failsOnce);
  await vi.waitFor(() => expect(processed()).toHaveLength(1), WAIT);
  expect([await stored(), (await waiting()).length]).toEqual([[], 1]);
  endLease();
  await vi.waitFor(() => expect(processed()).toHaveLength(2), WAIT);
  expect([await stored(), await waiting()]).toEqual([['ola'], []]);
  expect(attributeOf('waybill.task.attempt')).toEqual([1, 2]);
  expect(attributeOf('error.type')).toEqual(['Error', undefined]);
});

test('a message is given up after three attempts', async () => {
  await sendTask(db, copy, 'ola', now);
  start({ name: 'copies', work: async () => Promise.reject(new TypeError('never')) });
  for (const attempt of [1, 2, 3]) {
    await vi.waitFor(() => expect(attributeOf('waybill.task.attempt')).toHaveLength(attempt), WAIT);
    endLease();
  }
  await vi.waitFor(async () => expect(await waiting()).toEqual([]), WAIT);
  expect(attributeOf('error.type')).toEqual(['TypeError', 'TypeError', 'TypeError']);
});

test('a worker that is slower than its lease stores nothing: another one has the message', async () => {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const slow: Task = { name: 'copies', work: async (...given) => released.then(() => copy.work(...given)) };
  const other = openDatabase(url);
  onTestFinished(() => other.destroy());
  await sendTask(db, copy, 'ola', now);
  start(slow, other);
  await vi.waitFor(async () => expect((await waiting())[0]?.attempts).toBe(1), WAIT);
  endLease();
  start();
  await vi.waitFor(async () => expect(await stored()).toEqual(['ola']), WAIT);
  release();
  await vi.waitFor(() => expect(processed()).toHaveLength(2), WAIT);
  expect(attributeOf('error.type')).toEqual([undefined, 'LeaseLost']);
  expect(await stored()).toEqual(['ola']);
});

test('a worker that stops finishes the message in progress, and takes no other', async () => {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  await sendTask(db, copy, 'ola', now);
  await sendTask(db, copy, 'tom', new Date(now.getTime() + 1));
  const worker = start({ name: 'copies', work: async (...given) => released.then(() => copy.work(...given)) });
  await vi.waitFor(async () => expect((await waiting()).some(({ attempts }) => attempts === 1)).toBe(true), WAIT);
  const stopping = worker.stop();
  release();
  await stopping;
  expect([await stored(), (await waiting()).length]).toEqual([['ola'], 1]);
});

test('messages of a queue that this release does not know are left for others', async () => {
  await sendTask(db, { ...copy, name: 'others' }, 'tom', now);
  await sendTask(db, copy, 'ola', now);
  start();
  await vi.waitFor(async () => expect(await stored()).toEqual(['ola']), WAIT);
  expect((await waiting()).map(({ queue, attempts }) => [queue, attempts])).toEqual([['others', 0]]);
});

test.each([
  ['not JSON', '{'],
  ['no object', '7'],
  ['null', 'null'],
  ['a malformed traceparent', '{"traceparent":"00-zz"}'],
  ['a number as traceparent', '{"traceparent":7}'],
])('a context that is %s: the work is done, without a link', async (_, text) => {
  await sendTask(db, copy, 'ola', now);
  await db.updateTable('task').set({ context: text }).execute();
  start();
  await vi.waitFor(() => expect(processed()).toHaveLength(1), WAIT);
  expect(processed()[0]?.links).toEqual([]);
  expect(await stored()).toEqual(['ola']);
});

test('an argument that is not JSON fails as the work does', async () => {
  await sendTask(db, copy, 'ola', now);
  await db.updateTable('task').set({ argument: '{' }).execute();
  start();
  await vi.waitFor(() => expect(attributeOf('error.type')).toEqual(['SyntaxError']), WAIT);
});

test('a queue with 1,000 messages takes no more: 503', async () => {
  const row = { queue: 'copies', argument: 'null', context: '{}', sent: '', due: now.toISOString() };
  const rows = Array.from({ length: 1000 }, (_, index) => ({ ...row, id: String(index) }));
  await db.insertInto('task').values(rows).execute();
  await expect(sendTask(db, copy, 'ola', now)).rejects.toMatchObject({ status: 503 });
  expect(recorded.named('send copies')[0]?.attributes['error.type']).toBe('QueueFull');
});

test('while the database is read-only no message is sent and none is lost; then they are processed', async () => {
  await sendTask(db, copy, 'ola', now);
  const warned = vi.spyOn(log, 'warn');
  onTestFinished(() => warned.mockRestore());
  await sql`pragma query_only = on`.execute(db);
  await expect(sendTask(db, copy, 'tom', now)).rejects.toThrow('readonly');
  start();
  await vi.waitFor(() => expect(warned).toHaveBeenCalled(), WAIT);
  expect(processed()).toEqual([]);
  await sql`pragma query_only = off`.execute(db);
  await vi.waitFor(async () => expect(await stored()).toEqual(['ola']), WAIT);
});
