import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { lockHome, prepareHome, removeLeftovers } from './home.ts';

let folder: string;
let home: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'waybill-home-'));
  home = join(folder, '.waybill');
  const mask = process.umask(0o022);
  onTestFinished(() => {
    process.umask(mask);
    rmSync(folder, { recursive: true });
  });
});
const modeOf = (...path: string[]) => (statSync(join(home, ...path)).mode & 0o777).toString(8);

test('a new home, and what is written from now on, is for this user alone', () => {
  const { logs } = prepareHome(home);
  writeFileSync(join(home, 'traces.db'), '');
  writeFileSync(join(logs, 'dns.log'), '');
  mkdirSync(join(home, 'compiled'));
  expect([modeOf(), modeOf('secret'), modeOf('traces.db')]).toEqual(['700', '600', '600']);
  expect([modeOf('logs'), modeOf('logs', 'dns.log'), modeOf('static'), modeOf('compiled')]).toEqual([
    '700',
    '600',
    '700',
    '700',
  ]);
});

test('a home that others could read is closed to them; what is not the lab’s stays as it is', () => {
  mkdirSync(join(home, 'logs'), { recursive: true });
  mkdirSync(join(home, 'poems'));
  for (const name of ['site.db', 'site.db-wal', 'traces.db', 'logs/proxy.log', 'notes.txt']) {
    writeFileSync(join(home, name), '');
    chmodSync(join(home, name), 0o666);
  }
  chmodSync(home, 0o777);
  prepareHome(home);
  expect(modeOf()).toBe('700');
  const ours = ['site.db', 'site.db-wal', 'traces.db', 'logs/proxy.log'];
  expect(ours.map((name) => modeOf(name))).toEqual(['600', '600', '600', '600']);
  expect([modeOf('notes.txt'), modeOf('poems')]).toEqual(['666', '755']);
});

test('a socket that a killed lab has left is removed', () => {
  mkdirSync(join(home, 'sockets'), { recursive: true });
  writeFileSync(join(home, 'sockets/8182.sock'), '');
  removeLeftovers(home);
  expect(existsSync(join(home, 'sockets/8182.sock'))).toBe(false);
});

test('the secret is made once, and kept', () => {
  const { secretKey } = prepareHome(home);
  expect(secretKey).toMatch(/^[\w-]{43}$/);
  expect(prepareHome(home).secretKey).toBe(secretKey);
  expect(readFileSync(join(home, 'secret'), 'utf8').trim()).toBe(secretKey);
});

test.each([0o644, 0o640, 0o604, 0o620])('a secret that others may touch (%o) is refused, with what to do', (mode) => {
  prepareHome(home);
  chmodSync(join(home, 'secret'), mode);
  expect(() => prepareHome(home)).toThrow(
    `${home}/secret signs session cookies, and other users of this machine can read it (0${mode.toString(8)}): remove it`,
  );
});

test('an empty secret is refused', () => {
  prepareHome(home);
  writeFileSync(join(home, 'secret'), '');
  expect(() => prepareHome(home)).toThrow(/secret is empty: remove it/);
});

test('a file in the place of the home', () => {
  writeFileSync(home, '');
  expect(() => prepareHome(home)).toThrow(`${home} is a file, not a folder: set WAYBILL_HOME to a folder of your own`);
});

test('a file in the place of the logs', () => {
  mkdirSync(home);
  writeFileSync(join(home, 'logs'), '');
  expect(() => prepareHome(home)).toThrow(/logs cannot be used \(a part of its path is a file\): set WAYBILL_HOME/);
});

test.skipIf(!existsSync('/proc/self'))('a folder where none can be made', () => {
  expect(() => prepareHome('/proc/waybill')).toThrow(
    '/proc/waybill cannot be used (no such file or folder): set WAYBILL_HOME',
  );
});

test('a folder that everybody shares is never closed', () => {
  mkdirSync(home);
  chmodSync(home, 0o1777);
  expect(() => prepareHome(home)).toThrow(/is a folder that everybody shares: set WAYBILL_HOME/);
  expect(modeOf()).toBe('777');
});

test('what was removed meanwhile, and dangling links, do not prevent a start', () => {
  prepareHome(home);
  symlinkSync('/nowhere/at/all', join(home, 'site.db'));
  symlinkSync('/nowhere/at/all', join(home, 'logs', 'dns.log'));
  expect(() => prepareHome(home)).not.toThrow();
});

test('a home of another user is reported in one sentence', ({ skip }) => {
  if (process.getuid?.() !== 0) skip('only root can make a folder of another user, and be another user');
  mkdirSync(home);
  chmodSync(folder, 0o755);
  process.seteuid?.(65_534);
  const getuid = vi.spyOn(process as { getuid: () => number }, 'getuid').mockReturnValue(65_534);
  onTestFinished(() => {
    getuid.mockRestore();
    process.seteuid?.(0);
  });
  expect(() => prepareHome(home)).toThrow(
    `${home} belongs to another user (0): set WAYBILL_HOME to a folder of your own`,
  );
});

test('two labs do not use one home at the same time', () => {
  prepareHome(home);
  const unlock = lockHome(home);
  expect(() => lockHome(home)).toThrow(`Another lab uses ${home}. Stop it, or set WAYBILL_HOME to another folder.`);
  unlock();
  lockHome(home)();
});
