import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { createLogs } from './logs.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'waybill-logs-'));
  onTestFinished(() => rmSync(folder, { recursive: true })); // the last to be done
});
const read = (name: string) => readFileSync(join(folder, name), 'utf8');

test('lines of both outputs are appended whole, however they are cut', async () => {
  const log = createLogs(folder, expect.fail).open('dns');
  const [out, err] = [log.output(), log.output()];
  out(Buffer.from('one li'));
  err(Buffer.from('a warning\n'));
  out(Buffer.from('ne\nand another\n'));
  log.close();
  await vi.waitFor(() => expect(read('dns.log')).toBe('a warning\none line\nand another\n'));
  expect(statSync(join(folder, 'dns.log')).mode & 0o777).toBe(0o600);
});

test('a log is bounded: two older ones are kept, no line is cut in two', async () => {
  const log = createLogs(folder, expect.fail).open('proxy');
  const out = log.output();
  const line = `${'x'.repeat(99_999)}\n`;
  const linesAFile = Math.ceil((5 * 2 ** 20) / line.length);
  for (let count = 1; count <= 3.5 * linesAFile; count++) {
    out(Buffer.from(line.slice(0, 50_000)));
    out(Buffer.from(line.slice(50_000)));
    if (count % 20 > 0) continue; // as fast as the disk is: what would wait too long is lost
    const written = () => statSync(join(folder, 'proxy.log')).size;
    await vi.waitFor(() => expect(written()).toBe((count % linesAFile) * line.length));
  }
  log.close();
  await vi.waitFor(() => expect(readdirSync(folder).sort()).toEqual(['proxy.log', 'proxy.log.1', 'proxy.log.2']));
  for (const older of ['proxy.log.1', 'proxy.log.2']) expect(read(older)).toBe(line.repeat(linesAFile));
});

test('a folder where a log should be is reported once, and the lab goes on', async () => {
  mkdirSync(join(folder, 'dns.log'));
  mkdirSync(join(folder, 'proxy.log'));
  const report = vi.fn();
  const logs = createLogs(folder, report);
  for (const name of ['dns', 'proxy']) logs.open(name).output()(Buffer.from('a line\n'));
  const other = logs.open('store');
  other.output()(Buffer.from('a line\n'));
  await vi.waitFor(() => expect(read('store.log')).toBe('a line\n'));
  expect(report).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('it is not a file'));
});

test('a full disk is reported once; when there is room again, the log goes on', async ({ skip }) => {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder], { stdio: 'pipe' });
  } catch (error) {
    skip(`no small disk can be mounted here: ${(error as { stderr?: Buffer }).stderr ?? error}`);
  }
  onTestFinished(() => void execFileSync('umount', ['-l', folder]));
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const report = vi.fn();
  const log = createLogs(folder, report).open('dns');
  const out = log.output();
  out(Buffer.from(`${'x'.repeat(100_000)}\n`));
  out(Buffer.from('no room for this\n'));
  await vi.waitFor(() => expect(report).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('ENOSPC')));
  out(Buffer.from('lost\n'));
  rmSync(join(folder, 'dns.log'));
  vi.advanceTimersByTime(5001);
  out(Buffer.from('kept\n'));
  await vi.waitFor(() => expect(read('dns.log')).toBe('kept\n'));
  expect(report).toHaveBeenCalledOnce();
  log.close();
});
