import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { chunksOf, queryFor, traceIdOf } from '../testdata/spans.ts';
import { NO_BOUNDS } from '../testdata/store.ts';
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
  expect(after.trace(traceIdOf(1))?.resourceSpans[0]?.scopeSpans[0]?.spans).toHaveLength(2);
  expect(after.services()).toEqual(['app']);
});

test('beyond its size, whole traces leave, the first to arrive first, with all that is known of them', async () => {
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
  for (const trace of left) expect(storage.trace(traceIdOf(trace))?.resourceSpans).toHaveLength(2);
});

test('what is too old leaves at the start', async () => {
  const home = folder();
  const before = createSqliteStorage({ path: join(home, 'traces.db'), ...NO_BOUNDS });
  await before.write(chunksOf([{ trace: 1, span: 1 }]));
  await before.close();
  const after = open(home, { maxAge: -1 });
  expect(await tracesIn(after)).toEqual([]);
  expect(after.services()).toEqual([]);
});

test('a file that is no database is set aside as it was, and a new one begun', async () => {
  const home = folder();
  writeFileSync(join(home, 'traces.db'), 'not a database, but somebody may want it'.repeat(100));
  const storage = open(home);
  await storage.write(chunksOf([{ trace: 1, span: 1 }]));
  expect(await tracesIn(storage)).toEqual([1]);
  const [aside = ''] = asideIn(home);
  expect(aside).toContain('damaged');
  expect(readFileSync(join(home, aside), 'utf8')).toContain('somebody may want it');
});

test('a damaged file is set aside', async () => {
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

test('a file of a newer Waybill is set aside', async () => {
  const home = folder();
  const path = join(home, 'traces.db');
  await createSqliteStorage({ path, ...NO_BOUNDS }).close();
  const newer = new DatabaseSync(path);
  newer.exec('pragma user_version = 99');
  newer.close();
  expect(await tracesIn(open(home))).toEqual([]);
  expect(asideIn(home)[0]).toContain('newer');
});

test('the database of another program is set aside, not written into', async () => {
  const home = folder();
  const other = new DatabaseSync(join(home, 'traces.db'));
  other.exec('create table theirs (x)');
  other.close();
  expect(await tracesIn(open(home))).toEqual([]);
  expect(asideIn(home)).toHaveLength(1);
});

test('a file that is open already is left alone, with what to do', () => {
  const home = folder();
  open(home);
  expect(() => createSqliteStorage({ path: join(home, 'traces.db'), ...NO_BOUNDS })).toThrow(
    /Another trace store has this file open \(.*traces\.db\)\. End the other lab/,
  );
});

test('an export that fails in the middle leaves nothing behind, and the next one is kept', async () => {
  const storage = open(folder());
  const [good] = chunksOf([{ trace: 1, span: 1 }]);
  if (!good) throw new Error('no chunk');
  const bad = { ...good, traceId: null as unknown as string };
  await expect(storage.write([good, bad])).rejects.toThrow('The store cannot write');
  expect(await tracesIn(storage)).toEqual([]);
  await storage.write([good]);
  expect(await tracesIn(storage)).toEqual([1]);
});
