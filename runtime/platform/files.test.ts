import { lstatSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hasModes, isAmbiguousName, link, slashed } from './files.ts';

let folder: string;
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'waybill link é-')));
  for (const name of ['1', '2']) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'a.txt'), name);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

test.each(['linux', 'darwin', 'win32'] as const)(
  '%s: a link to a folder is made, kept, and led elsewhere',
  (system) => {
    const path = join(folder, `current-${system}`);
    for (const target of ['1', '1', '2']) {
      link(target, path, system);
      expect(realpathSync(path)).toBe(join(folder, target));
    }
    expect(lstatSync(path).isSymbolicLink()).toBe(true);
  },
);

test('a folder in the place of a link is removed', () => {
  const path = join(folder, 'copied');
  mkdirSync(join(path, 'below'), { recursive: true });
  link('1', path, 'linux');
  expect(realpathSync(path)).toBe(join(folder, '1'));
});

test('Windows: a file is linked without a symbolic link, which would need a privilege', () => {
  const path = join(folder, 'linked.txt');
  link(join(folder, '1/a.txt'), path, 'win32');
  expect([lstatSync(path).isSymbolicLink(), readFileSync(path, 'utf8')]).toEqual([false, '1']);
});

test.each([
  ['linux', 'a\\b', 'a\\b'],
  ['win32', 'a\\b', 'a/b'],
] as const)('%s: %s is written as %s', (system, path, written) => expect(slashed(path, system)).toBe(written));

test.each(['..\\secret', 'a.txt::$DATA', 'C:/a', 'SECRET~1', 'a.txt.', 'a /b'])('Windows: %s names no file', (name) =>
  expect([isAmbiguousName(name, 'win32'), isAmbiguousName(name, 'linux')]).toEqual([true, false]),
);

test('Windows has no modes', () => expect([hasModes('win32'), hasModes('darwin')]).toEqual([false, true]));
