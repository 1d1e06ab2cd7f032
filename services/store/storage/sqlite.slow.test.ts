import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test, vi } from 'vitest';
import { chunksOf, queryFor, traceIdOf } from '../../../tests/support/store/spans.ts';
import { NO_BOUNDS } from '../../../tests/support/store/store.ts';
import { createSqliteStorage } from './sqlite.ts';
import type { Storage } from './storage.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'waybill-store-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

function open(home: string, bounds = {}): Storage {
  const storage = createSqliteStorage({ path: join(home, 'traces.db'), ...NO_BOUNDS, ...bounds });
  onTestFinished(() => storage.close());
  return storage;
}

async function tracesIn(storage: Storage): Promise<number[]> {
  const traces = await Array.fromAsync(storage.search(queryFor()));
  return traces.map(({ traceId }) => Number.parseInt(traceId, 16)).toSorted((a, b) => a - b);
}

const asideIn = (home: string) => readdirSync(home).filter((name) => /^traces\.db\..*Z$/.test(name));

test('a restart keeps everything', async () => {
  const home = folder();
  const before = createSqliteStorage({ path: join(home, 'traces.db'), ...NO_BOUNDS });
  await before.write(chunksOf([{ trace: 1, span: 1 }]));
  await before.close();
  const after = open(home);
  await after.write(chunksOf([{ trace: 1, span: 2, parent: 1 }]));
  expect(after.trace(traceIdOf(1))?.spanCount).toBe(2);
  expect(after.services()).toEqual(['app']);
});

test('beyond its size, whole traces are deleted in the order of arrival, with their names', async () => {
  const storage = open(folder(), { maxBytes: 2_000_000 });
  const text = 'x'.repeat(2000);
  const more = { attributes: [{ key: 'text', value: { stringValue: text } }] };
  for (let trace = 1; trace <= 2000; trace++) {
    const name = `only in ${trace}`;
    await storage.write(
      chunksOf([
        { trace, span: 1, name, more },
        { trace, span: 2, service: 'other' },
      ]),
    );
  }
  const left = await tracesIn(storage);
  expect(left.length).toBeGreaterThan(300);
  expect(left.length).toBeLessThan(1000);
  expect(left).toEqual(Array.from({ length: left.length }, (_, index) => 2001 - left.length + index));
  expect(storage.operations('app')).toHaveLength(left.length);
  for (const trace of left) expect(storage.trace(traceIdOf(trace))?.resources).toHaveLength(2);
});

test('a span that arrives after its trace was evicted is kept', async () => {
  const storage = open(folder(), { maxBytes: 500_000 });
  const more = { attributes: [{ key: 'text', value: { stringValue: 'x'.repeat(2000) } }] };
  await storage.write(chunksOf([{ trace: 1, span: 1 }]));
  for (let trace = 2; storage.trace(traceIdOf(1)); trace++) await storage.write(chunksOf([{ trace, span: 1, more }]));
  await storage.write(chunksOf([{ trace: 1, span: 2 }]));
  expect(storage.trace(traceIdOf(1))?.spanCount).toBe(1);
});

const DAY = 24 * 60 * 60 * 1000;
const MONTH = { maxAge: 30 * DAY };

/** Writes the traces `first` to `last` when the clock stands at `day`. */
async function writeOn(day: number, home: string, first: number, last: number): Promise<number[]> {
  vi.setSystemTime(Date.UTC(2026, 10, 1) + day * DAY);
  const storage = createSqliteStorage({ path: join(home, 'traces.db'), ...NO_BOUNDS, ...MONTH });
  const words = Array.from({ length: last - first + 1 }, (_, index) => ({ trace: first + index, span: 1 }));
  await storage.write(chunksOf(words));
  const kept = await tracesIn(storage);
  await storage.close();
  return kept;
}

test('a clock that is a month ahead for a while deletes nothing', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  const home = folder();
  await writeOn(0, home, 1, 1500);
  expect(await writeOn(31, home, 1501, 1501)).toHaveLength(1501);
  expect(await writeOn(0, home, 1502, 1502)).toHaveLength(1502);
});

test('traces that are too old are deleted at the start, when there are a thousand newer ones', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  const home = folder();
  await writeOn(0, home, 1, 300);
  await writeOn(20, home, 301, 600);
  await writeOn(31, home, 601, 1599);
  expect((await writeOn(31, home, 1600, 1600))[0]).toBe(1); // 999 were newer when it started
  expect((await writeOn(31, home, 1601, 1601))[0]).toBe(301);
});

test('a file that is not a database is renamed, unchanged, and a new one created', async () => {
  const home = folder();
  writeFileSync(join(home, 'traces.db'), 'not a database, but it may be worth keeping'.repeat(100));
  const storage = open(home);
  await storage.write(chunksOf([{ trace: 1, span: 1 }]));
  expect(await tracesIn(storage)).toEqual([1]);
  const [aside = ''] = asideIn(home);
  expect(aside).toContain('damaged');
  expect(readFileSync(join(home, aside), 'utf8')).toContain('it may be worth keeping');
});

test('a damaged file is renamed', async () => {
  const home = folder();
  const path = join(home, 'traces.db');
  const before = createSqliteStorage({ path, ...NO_BOUNDS });
  for (let trace = 1; trace < 200; trace++) await before.write(chunksOf([{ trace, span: 1 }]));
  await before.close();
  const bytes = readFileSync(path);
  bytes.fill(0xee, 4096 * 3, 4096 * 9);
  writeFileSync(path, bytes);
  expect(await tracesIn(open(home))).toEqual([]);
  expect(readFileSync(join(home, asideIn(home)[0] ?? ''))).toEqual(bytes);
});

test('a file of a newer version is renamed', async () => {
  const home = folder();
  const path = join(home, 'traces.db');
  await createSqliteStorage({ path, ...NO_BOUNDS }).close();
  const newer = new DatabaseSync(path);
  newer.exec('pragma user_version = 99');
  newer.close();
  expect(await tracesIn(open(home))).toEqual([]);
  expect(asideIn(home)[0]).toContain('newer');
});

test('the database of another program is renamed, not written into', async () => {
  const home = folder();
  const other = new DatabaseSync(join(home, 'traces.db'));
  other.exec('create table theirs (x)');
  other.close();
  expect(await tracesIn(open(home))).toEqual([]);
  expect(asideIn(home)).toHaveLength(1);
});

test('a file that another store has open is an error with what to do', () => {
  const home = folder();
  open(home);
  expect(() => createSqliteStorage({ path: join(home, 'traces.db'), ...NO_BOUNDS })).toThrow(
    /Another trace store has this file open \(.*traces\.db\)\. Stop the other lab/,
  );
});

test('a folder that cannot be used is one sentence with what to do', () => {
  const home = folder();
  writeFileSync(join(home, 'taken'), '');
  expect(() => open(join(home, 'taken'))).toThrow(/^WAYBILL_HOME: .*taken cannot be used \(.+\)\. Set it to a folder/);
});

test('while the disk is full exports are refused, stored traces can be read, and later exports are stored again', async () => {
  const home = folder();
  const storage = open(home);
  await storage.write(chunksOf([{ trace: 1, span: 1 }]));
  // A file that may not grow is to SQLite what a full disk is.
  const [write] = [DatabaseSync.prototype.exec];
  const full = vi.spyOn(DatabaseSync.prototype, 'exec').mockImplementation(function (this: DatabaseSync, sql) {
    if (sql === 'commit') throw Object.assign(new Error('database or disk is full'), { errcode: 13 });
    write.call(this, sql);
  });
  await expect(storage.write(chunksOf([{ trace: 2, span: 1 }]))).rejects.toThrow(
    'The store cannot write (database or disk',
  );
  expect(await tracesIn(storage)).toEqual([1]);
  full.mockRestore();
  await storage.write(chunksOf([{ trace: 3, span: 1 }]));
  expect(await tracesIn(storage)).toEqual([1, 3]);
});

test('an export that fails in the middle stores nothing, and the next one is stored', async () => {
  const storage = open(folder());
  const [good] = chunksOf([{ trace: 1, span: 1 }]);
  if (!good) throw new Error('no chunk');
  const bad = { ...good, traceId: null as unknown as string };
  await expect(storage.write([good, bad])).rejects.toThrow('The store cannot write');
  expect(await tracesIn(storage)).toEqual([]);
  await storage.write([good]);
  expect(await tracesIn(storage)).toEqual([1]);
});
