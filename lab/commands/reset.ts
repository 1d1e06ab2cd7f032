// npm run reset: restores the files that lessons edit, the sandbox (lab/runner/sandbox.ts).

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isBundled, ROOT } from '../../runtime/program.ts';
import { printable } from '../../traces/printable.ts';
import { LabError } from '../cli/command.ts';
import { defineCommand } from '../cli/options.ts';
import { askVisitor } from '../cli/send.ts';
import { readLabConfig } from '../config.ts';
import { deployPaths } from '../deploy/paths.ts';
import { servedRelease } from '../deploy/releases.ts';
import { SANDBOX } from '../runner/sandbox.ts';
import { type Edited, findEdited, restore } from '../runner/sandbox-files.ts';

const USAGE = `Usage: npm run reset [-- --all | --dry-run | --json]

Restores the files that a lesson may edit, as git has them: the zone files (services/dns/zones), the routes
(services/router/routes.txt), the web server's rules (services/proxy/locations.ts), the site (services/app/site), and the
programs of lessons (lessons/programs). A running lab uses them at once.

  npm run reset
  npm run reset -- --dry-run     lists them only
  npm run reset -- --all         for the next class: also repairs every fault and forgets the progress of lessons; the lab must run

  --json   one JSON object
  --help   this text

Without --all: npm run faults -- --repair repairs the faults, npm run learn forget forgets the progress.
Exit code 0: restored. 1: not, and why.`;

const ALL_DRY = 'Every fault would be repaired, and the progress of lessons would be forgotten.';

/** Runs the command; sets the exit code. */
export const main = defineCommand({
  usage: USAGE,
  options: { 'dry-run': { type: 'boolean' }, all: { type: 'boolean' } },
  async run({ values }) {
    const isDry = values['dry-run'] ?? false;
    const config = readLabConfig();
    const { changed, added } = isBundled ? findEdited(config.home) : await findEditedByGit();
    if (changed.length > 0 && !isDry) {
      if (isBundled) restore(config.home, changed);
      else await git('checkout', 'HEAD', '--', ...changed);
    }
    if (values.all && !isDry) {
      await askVisitor(config, '/faults', { method: 'DELETE' });
      await askVisitor(config, '/lessons', { method: 'DELETE' });
    }
    const { home } = config;
    const release = servedRelease(deployPaths(home)) ?? servedRelease(deployPaths(join(home, 'compose'))) ?? null;
    if (values.json) console.log(JSON.stringify({ changed, added, done: !isDry, release }));
    else {
      console.log(report(changed, added, isDry, release));
      if (values.all)
        console.log(isDry ? ALL_DRY : 'Every fault is repaired, and the progress of lessons is forgotten.');
    }
    return true;
  },
});

/** What git finds edited in a checkout. */
async function findEditedByGit(): Promise<Edited> {
  const list = async (...args: string[]) => (await git(...args)).split('\n').filter(Boolean);
  return {
    changed: await list('diff', '--name-only', 'HEAD', '--', ...SANDBOX),
    added: await list('ls-files', '--others', '--exclude-standard', '--', ...SANDBOX),
  };
}

function report(changed: string[], added: string[], isDry: boolean, release: string | null): string {
  const done = changed.map((file) => `${isDry ? 'would be restored' : 'restored'}: ${printable(file)}`);
  const left = added.map((file) => `not restored, because git does not track it: ${printable(file)}`);
  const served =
    release &&
    `The site is release ${release}. To serve the working tree: npm run deploy -- --rollback --to working-tree`;
  const files = done.length + left.length > 0 ? [...done, ...left] : ['Every file is unchanged.'];
  return [...files, ...(served ? [served] : [])].join('\n');
}

async function git(...args: string[]): Promise<string> {
  try {
    return (await promisify(execFile)('git', args, { cwd: ROOT })).stdout;
  } catch (error) {
    const { stderr = '', code } = error as { stderr?: string; code?: string };
    const [reason] = code === 'ENOENT' ? ['git is not installed'] : stderr.trim().split('\n');
    throw new LabError(
      `git cannot list what was edited here (${reason}). In a folder that is not a clone, unpack the lab again.`,
    );
  }
}
