import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openAccessLog } from './access-log.ts';

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-access-log-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

test.each([
  ['a folder', 'folder', 'it is a folder'],
  ['in a folder that does not exist', 'none/access.log', 'no such file or folder'],
  ['below a file', '/dev/null/access.log', 'a part of its path is a file'],
  ['a pipe that nothing reads', 'pipe', 'ENXIO'],
])('a file that cannot be written to is refused when the log is opened: %s', (_, name, reason) => {
  const folder = newFolder();
  mkdirSync(join(folder, 'folder'));
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  const to = name.startsWith('/') ? name : join(folder, name);
  expect(() => openAccessLog(to)).toThrow(`WAYBILL_ACCESS_LOG: ${to} cannot be written to (${reason}`);
});

test('a file that cannot be opened again is refused, and the log stays open', async () => {
  const folder = newFolder();
  const to = join(folder, 'access.log');
  const log = openAccessLog(to);
  renameSync(to, `${to}.1`);
  mkdirSync(to);
  expect(() => log.reopen()).toThrow(`WAYBILL_ACCESS_LOG: ${to} cannot be written to (it is a folder)`);
  await log.close();
});
