import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { makeFolder, writableFolder } from './folder.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'waybill-folder-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
});

test('missing folders are created, the last one with the mode', () => {
  const path = join(folder, 'a/b');
  writableFolder('WAYBILL_HOME', path, 0o700);
  expect(statSync(path).mode & 0o777).toBe(0o700);
});

test('a folder that exists keeps its mode', () => {
  const path = join(folder, 'a');
  mkdirSync(path, { mode: 0o750 });
  writableFolder('WAYBILL_HOME', path, 0o700);
  expect(statSync(path).mode & 0o777).toBe(0o750);
});

const remedy = 'Set it to a folder that this user can write to.';

test.skipIf(!existsSync('/proc/self'))('where the file system refuses: an error, not an endless loop', () => {
  expect(() => writableFolder('WAYBILL_HOME', '/proc/x/y')).toThrow(
    `WAYBILL_HOME: /proc/x/y cannot be used (no such file or folder). ${remedy}`,
  );
});

test.each(['file', 'file/x', 'file/x/y'])('a file instead of a folder: %s', (name) => {
  writeFileSync(join(folder, 'file'), '');
  expect(() => writableFolder('WAYBILL_HOME', join(folder, name))).toThrow(
    `WAYBILL_HOME: ${join(folder, name)} cannot be used (a part of its path is a file). ${remedy}`,
  );
});

test('a device instead of a folder', () => {
  expect(() => writableFolder('WAYBILL_HOME', '/dev/null/x')).toThrow('(a part of its path is a file)');
});

test('no permission', ({ skip }) => {
  if (process.getuid?.() !== 0) skip('only root can become another user');
  mkdirSync(join(folder, 'private'), { mode: 0o700 });
  process.seteuid?.(65_534);
  onTestFinished(() => process.seteuid?.(0));
  expect(() => makeFolder(join(folder, 'private/x'))).toThrow('EACCES');
  expect(() => writableFolder('WAYBILL_HOME', join(folder, 'private/x'))).toThrow(
    `(this user may not read or write it). ${remedy}`,
  );
});
