// A program of the learner's: its port is found among its processes, it is restarted, and nothing of it is left.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { expect, onTestFinished, test, vi } from 'vitest';
import { environment } from '../../runtime/config.ts';
import { keepRunning } from './program.ts';

const LISTENS = `require('http').createServer((_, r) => r.end()).listen(Number(process.argv[2] ?? 0), '127.0.0.1')`;
const HAS_CHILD = `require('child_process').spawn(process.execPath, ['app.js'], { stdio: 'inherit' }); setInterval(() => {}, 1000)`;

function run(code: string, words: string[] = []) {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-program-'));
  writeFileSync(join(folder, 'app.js'), LISTENS);
  writeFileSync(join(folder, 'main.js'), code);
  const report = { listening: vi.fn(), late: vi.fn(), ended: vi.fn(), gaveUp: vi.fn() };
  const program = { words: [execPath, 'main.js', ...words], folder, environment };
  const running = keepRunning(program, () => ({ output: () => () => {}, close: () => {} }), report);
  onTestFinished(async () => {
    await running.stop(2000);
    rmSync(folder, { recursive: true });
  });
  return { running, report };
}

const isRunning = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
const onLinux = test.skipIf(!existsSync('/proc/self/net/tcp'));

onLinux('the port is found, also that of a process that it has started; all of them end with it', async () => {
  const { running, report } = run(HAS_CHILD);
  await vi.waitFor(() => expect(report.listening).toHaveBeenCalledOnce());
  const [{ port }, pid] = report.listening.mock.calls[0] as [{ port: number }, number];
  expect((await fetch(`http://127.0.0.1:${port}`)).status).toBe(200);
  await running.stop(2000);
  expect(isRunning(pid)).toBe(false);
  await vi.waitFor(() => expect(fetch(`http://127.0.0.1:${port}`)).rejects.toThrow());
});

onLinux('it is restarted when it ends, and reported when it listens again', async () => {
  const { report } = run(LISTENS);
  await vi.waitFor(() => expect(report.listening).toHaveBeenCalledOnce());
  process.kill(report.listening.mock.calls[0]?.[1], 'SIGKILL');
  await vi.waitFor(() => expect(report.listening).toHaveBeenCalledTimes(2));
  expect(report.ended).toHaveBeenCalledWith('SIGKILL', '', 0);
});

test('what it printed before it ended is reported; so is a command that does not exist', async () => {
  const { report } = run(`console.error('port 80 is taken'); process.exit(3)`);
  await vi.waitFor(() => expect(report.ended).toHaveBeenCalledWith(3, 'port 80 is taken', 0));
});

onLinux('it ends with the lab, also when that is killed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-program-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const lab = `
    import { keepRunning } from ${JSON.stringify(join(import.meta.dirname, 'program.ts'))};
    const words = [process.execPath, '-e', 'setInterval(() => {}, 1000); console.log(process.pid)'];
    const log = { output: () => (chunk) => process.stdout.write(chunk), close: () => {} };
    keepRunning({ words, folder: ${JSON.stringify(folder)}, environment: process.env }, () => log, {});`;
  const child = spawn(execPath, ['--input-type=module', '-e', lab], { stdio: ['ignore', 'pipe', 'inherit'] });
  const pid = Number(String((await once(child.stdout, 'data'))[0]));
  expect(isRunning(pid)).toBe(true);
  child.kill('SIGKILL');
  await vi.waitFor(() => expect(isRunning(pid)).toBe(false));
});
