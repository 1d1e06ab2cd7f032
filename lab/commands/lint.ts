// npm run lint: Biome, the spelling, and the conventions of this code and of its words (tests/conventions.test.ts,
// tests/words.test.ts). One command, so that it gets signals.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { isWindows } from '../../runtime/platform/system.ts';
import { defineCommand } from '../cli/options.ts';
import { main as test } from './test.ts';

const USAGE = `Usage: npm run lint

Checks all files with Biome (biome.json), their spelling (npm run spell), and the conventions of this code
(tests/conventions.test.ts) and of its words (tests/words.test.ts).

  --help   this text

Exit code 0: no errors. 1: otherwise.`;

const BIOME = join(import.meta.dirname, '../../node_modules/@biomejs/biome/bin/biome');
const CHECKS: [program: string, args: string[]][] = [
  [execPath, [BIOME, 'check', '--error-on-warnings', '.']],
  ['npm', ['run', '--silent', 'spell']],
];

/** Runs the command; sets the exit code. */
export const main = defineCommand({
  usage: USAGE,
  options: {},
  async run() {
    for (const [program, args] of CHECKS) {
      const [code] = await once(
        spawn(program, args, { stdio: 'inherit', shell: isWindows() && program === 'npm' }),
        'close',
      );
      if (code !== 0) return false;
    }
    await test(['tests/conventions.test.ts', 'tests/words.test.ts', '--reporter=dot']);
    return !process.exitCode;
  },
});
