// The laptop's side of git: a bare repository whose hook is the pipeline, and a clone of it in which changes are made.

import { execFile, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { execPath } from 'node:process';
import { promisify } from 'node:util';
import { LabError } from '../command.ts';
import type { Places } from './places.ts';

export const BRANCH = 'main';
const ROOT = join(import.meta.dirname, '../..');
/** What a shell may have set for a repository of its own. */
const OTHERS = ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE'];
/** Commits need an author. */
const SETTINGS = ['user.name=Waybill', 'user.email=waybill@localhost', 'commit.gpgsign=false', 'core.hooksPath=hooks'];

/** The environment of every git: nobody's own settings (a hooksPath of theirs would pass over the pipeline), and no other repository. */
export function gitEnvironment(): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  for (const name of OTHERS) delete environment[name];
  return environment;
}

/** Runs git in `folder`; resolves with what it printed. Throws a LabError where git is not there, or with what it said. */
export async function git(folder: string, ...args: string[]): Promise<string> {
  const settings = SETTINGS.flatMap((setting) => ['-c', setting]);
  try {
    return (
      await promisify(execFile)('git', [...settings, ...args], { cwd: folder, env: gitEnvironment() })
    ).stdout.trim();
  } catch (error) {
    throw new LabError((error as { stderr?: string }).stderr?.trim() || (error as Error).message);
  }
}

/** Makes the repository and its clone where they are not there yet, and the hook as it must be now. `variables` are what the pipeline needs. */
export async function prepareRepository(places: Places, variables: Record<string, string>): Promise<void> {
  if (spawnSync('git', ['--version']).error) {
    throw new LabError('A deployment needs git, which is not there: install it (https://git-scm.com), then try again.');
  }
  const { repository, laptop } = places;
  if (!existsSync(join(repository, 'HEAD'))) {
    mkdirSync(repository, { recursive: true });
    await git(repository, 'init', '--quiet', '--bare', `--initial-branch=${BRANCH}`);
    await git(repository, 'config', 'receive.advertisePushOptions', 'true');
  }
  writeHook(repository, variables);
  if (!existsSync(join(laptop, '.git'))) {
    rmSync(laptop, { recursive: true, force: true });
    await git(places.home, 'clone', '--quiet', resolve(repository), resolve(laptop));
  }
}

/** A refused push leaves the repository as it was; so the hook is the one before (pre-receive), not the one after. */
function writeHook(repository: string, variables: Record<string, string>): void {
  const hook = join(repository, 'hooks', 'pre-receive');
  const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
  const lines = Object.entries(variables).map(([name, value]) => `export ${name}=${quoted(value)}`);
  mkdirSync(join(repository, 'hooks'), { recursive: true });
  writeFileSync(
    hook,
    `#!/bin/sh
# Written by \`npm run deploy\`: whatever is pushed goes through the pipeline, and is taken when it serves.
${lines.join('\n')}
cd ${quoted(ROOT)} || exit 1
exec ${quoted(execPath)} --import ./otel/instrument.ts lab/deploy/pipeline.ts >>"$WAYBILL_LOGS/pipeline.log"
`,
  );
  chmodSync(hook, 0o700);
}

/**
 * Puts the site of the working tree into the clone, committed there or not, has `change` change it, and commits that.
 * Gives the commit. What was refused before is forgotten.
 */
export async function commitSite({ laptop }: Places, title: string, change: (site: string) => void): Promise<string> {
  const isEmpty = (await git(laptop, 'ls-remote', 'origin', BRANCH)) === '';
  if (isEmpty) await git(laptop, 'checkout', '--quiet', '--orphan', BRANCH).catch(() => {});
  else {
    await git(laptop, 'fetch', '--quiet', 'origin');
    await git(laptop, 'checkout', '--quiet', '--force', '-B', BRANCH, `origin/${BRANCH}`);
  }
  for (const name of readdirSync(laptop)) {
    if (name !== '.git') rmSync(join(laptop, name), { recursive: true });
  }
  cpSync(join(ROOT, 'services/app/site'), laptop, { recursive: true });
  change(laptop);
  await git(laptop, 'add', '--all');
  await git(laptop, 'commit', '--quiet', '--allow-empty', '--message', title);
  return git(laptop, 'rev-parse', 'HEAD');
}
