import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { LabError } from '../cli/command.ts';
import { acquireLock } from './lock.ts';

let file: string;
beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-lock-'));
  file = join(folder, 'x.lock');
  onTestFinished(() => rmSync(folder, { recursive: true }));
});

test('a lock is had once, and again when it was released', () => {
  const unlock = acquireLock(file);
  expect(acquireLock(file)).toBeUndefined();
  unlock?.();
  const again = acquireLock(file);
  expect(again).toBeTypeOf('function');
  again?.();
});

test('a process has its lock until it ends, even if it keeps no reference to it', async () => {
  const script = `import { acquireLock } from ${JSON.stringify(join(import.meta.dirname, 'lock.ts'))};
    acquireLock(${JSON.stringify(file)}); gc(); console.log('locked'); setInterval(() => {}, 1000);`;
  const child = spawn(execPath, ['--expose-gc', '--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  expect(acquireLock(file)).toBeUndefined();
  child.kill('SIGKILL');
  await once(child, 'close');
  const unlock = acquireLock(file);
  expect(unlock).toBeTypeOf('function');
  unlock?.();
});

test('where it cannot be made, the error says which file and what to do', () => {
  expect(() => acquireLock('/nowhere/x.lock')).toThrow(LabError);
  expect(() => acquireLock('/nowhere/x.lock')).toThrow(/\/nowhere\/x\.lock cannot be locked .*or make it writable/);
});

test('on a read-only file system the error says so', ({ skip }) => {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-lock-'));
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'ro', 'tmpfs', folder]);
  onTestFinished(() => {
    if (status === 0) spawnSync('umount', ['--lazy', folder]);
    rmSync(folder, { recursive: true, force: true });
  });
  if (status !== 0) skip('nothing may be mounted here');
  expect(() => acquireLock(join(folder, 'x.lock'))).toThrow(/x\.lock cannot be locked \(EROFS.*or make it writable/);
});
