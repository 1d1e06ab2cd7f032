// What becomes of a command whose output is read no further, or cannot be written: each as a process of its own.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, openSync } from 'node:fs';
import { basename } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { ROOT } from '../../runtime/program.ts';

const commands = globSync('lab/commands/*.ts', { cwd: ROOT })
  .map((file) => basename(file, '.ts'))
  .filter((name) => !name.includes('.') && !['bench', 'docs', 'test', 'up'].includes(name)); // these have no --help

type Ended = { code: number | null; stderr: string };

/** How a command ends that writes to `stdout`; with 'no reader' to a pipe whose other end is closed. */
async function run(args: string[], stdout: number | 'no reader'): Promise<Ended> {
  const child: ChildProcess = spawn(process.execPath, ['lab/guard.js', ...args], {
    cwd: ROOT,
    stdio: ['ignore', stdout === 'no reader' ? 'pipe' : stdout, 'pipe'],
  });
  child.stdout?.destroy();
  const stderr = text(child.stderr as NonNullable<typeof child.stderr>);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stderr: await stderr };
}

test.each(commands)('%s ends without a word when what reads its output has ended', async (name) => {
  expect(await run([name, '--help'], 'no reader')).toEqual({ code: 141, stderr: '' });
});

test.skipIf(!existsSync('/dev/full'))(
  'a command whose output cannot be written says so, and exits with 1',
  async () => {
    for (const args of [
      ['fire', '--list'],
      ['fire', '--list', '--json'],
      ['completion', 'bash'],
    ]) {
      const { code, stderr } = await run(args, openSync('/dev/full', 'w'));
      expect([code, stderr]).toEqual([1, expect.stringMatching(/^The output could not be written: ENOSPC[^\n]*\n$/)]);
    }
  },
);
