// A copy of the lab for tests that edit its files, in a folder and a git repository of its own.

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ROOT } from '../runtime/program.ts';

/** What no lab needs to run; a deployment runs the tests of the site. */
const LEFT_OUT = /(?<!services\/app\/site\/.*)\.test\.ts$|testdata|^docs\/|^bench\//;

export type Checkout = { root: string; remove: () => void };

/** Makes one of the files as they are now, committed once. */
export function createCheckout(): Checkout {
  const root = mkdtempSync(join(tmpdir(), 'waybill-checkout-'));
  const known = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: ROOT });
  for (const file of known
    .toString()
    .split('\0')
    .filter((each) => each !== '' && !LEFT_OUT.test(each))) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    cpSync(join(ROOT, file), join(root, file));
  }
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.test', ...args], { cwd: root });
  git('init', '--quiet');
  git('add', '.');
  git('commit', '--quiet', '-m', 'as handed out');
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) };
}
