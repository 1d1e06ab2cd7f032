// npm run reset: puts the sandbox back as it was handed out, the files that lessons edit (lab/runner/world.ts).

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { printable } from '../../traces/printable.ts';
import { LabError } from '../cli/command.ts';
import { defineCommand } from '../cli/options.ts';
import { readLabConfig } from '../config.ts';
import { deployPaths } from '../deploy/paths.ts';
import { servedRelease } from '../deploy/releases.ts';
import { SANDBOX } from '../runner/world.ts';

const USAGE = `Usage: npm run reset [-- --dry-run | --json]

Puts back the files that a lesson may edit, as git has them: the zone files (services/dns/zones), the web server's rules
(services/proxy/locations.ts), and the site (services/app/site). A running lab takes it at once.

  npm run reset
  npm run reset -- --dry-run     what would be put back

  --json   one JSON object
  --help   this text

Knobs are put back by npm run faults -- --repair, lessons made new by npm run learn forget.
Exit code 0: they are as they were handed out. 1: not so, and why.`;

const ROOT = join(import.meta.dirname, '../..');

/** Runs the command; sets the exit code. */
export const main = defineCommand({
  usage: USAGE,
  options: { 'dry-run': { type: 'boolean' } },
  async run({ values }) {
    const isDry = values['dry-run'] ?? false;
    const changed = (await git('diff', '--name-only', 'HEAD', '--', ...SANDBOX)).split('\n').filter(Boolean);
    const added = (await git('ls-files', '--others', '--exclude-standard', '--', ...SANDBOX))
      .split('\n')
      .filter(Boolean);
    if (changed.length > 0 && !isDry) await git('checkout', 'HEAD', '--', ...changed);
    const { home } = readLabConfig();
    const release = servedRelease(deployPaths(home)) ?? servedRelease(deployPaths(join(home, 'compose'))) ?? null;
    if (values.json) console.log(JSON.stringify({ changed, added, done: !isDry, release }));
    else console.log(report(changed, added, isDry, release));
    return true;
  },
});

function report(changed: string[], added: string[], isDry: boolean, release: string | null): string {
  const done = changed.map((file) => `${isDry ? 'would be put back' : 'put back'}: ${printable(file)}`);
  const left = added.map((file) => `left, for git does not know it: ${printable(file)}`);
  const served =
    release &&
    `The site is release ${release}. To serve the working tree: npm run deploy -- --rollback --to working-tree`;
  const files =
    done.length + left.length > 0
      ? [...done, ...left]
      : [`${served ? 'Every file' : 'Everything'} is as it was handed out.`];
  return [...files, ...(served ? [served] : [])].join('\n');
}

async function git(...args: string[]): Promise<string> {
  try {
    return (await promisify(execFile)('git', args, { cwd: ROOT })).stdout;
  } catch (error) {
    const { stderr = '', code } = error as { stderr?: string; code?: string };
    const [reason] = code === 'ENOENT' ? ['git is not installed'] : stderr.trim().split('\n');
    throw new LabError(
      `git cannot say what was edited here (${reason}). In a folder that is no clone, unpack the lab again in its place.`,
    );
  }
}
