// The developer's side of git: a bare repository whose hook is the pipeline, and a clone of it in which changes are made.
// Both lie in one folder, so the clone knows its repository by a relative path: a copy of the home deploys from itself.

import { execFile, spawnSync } from 'node:child_process';
import { accessSync, constants, cpSync, globSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { environment } from '../../runtime/config.ts';
import { LabError } from '../cli/command.ts';
import { hookFile } from './hook.ts';
import type { DeployPaths } from './paths.ts';

export const BRANCH = 'main';
const REF = `refs/heads/${BRANCH}`;
/** The user's and the system's settings, attributes and ignored files could change what is deployed, or disable the hook. */
const OWN_SETTINGS = {
  GIT_CONFIG_GLOBAL: join(import.meta.dirname, 'gitconfig'),
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_ATTR_NOSYSTEM: '1',
};

/**
 * `environment` without what a shell has set for git (all of `git rev-parse --local-env-vars`, authors, dates, protocols, traces);
 * GIT_EXEC_PATH stays. Not for the pipeline's hook: there git passes the location of the pushed commit in such variables.
 */
export function withoutGitVariables(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const isKept = (name: string) => !name.startsWith('GIT_') || name === 'GIT_EXEC_PATH';
  return Object.fromEntries(Object.entries(environment).filter(([name]) => isKept(name)));
}

/** The environment of every git process: that of this process, and the lab's own settings. */
export function gitEnvironment(): NodeJS.ProcessEnv {
  return { ...environment, ...OWN_SETTINGS };
}

/** Runs git in `folder`; resolves with what it printed. Throws a LabError where there is no git, or with what it reported. */
export async function git(folder: string, args: string[], variables: NodeJS.ProcessEnv = {}): Promise<string> {
  try {
    const env = { ...gitEnvironment(), ...variables };
    return (await promisify(execFile)('git', args, { cwd: folder, env })).stdout.trim();
  } catch (error) {
    throw new LabError((error as { stderr?: string }).stderr?.trim() || (error as Error).message);
  }
}

/** Makes the repository and its clone, or repairs what an interrupted deployment has left of them. */
export async function prepareRepository({ home, repository, clone }: DeployPaths): Promise<void> {
  if (spawnSync('git', ['--version']).error) {
    throw new LabError(
      'A deployment needs git, which is not installed: install it (https://git-scm.com), then try again.',
    );
  }
  const gitFolders = [repository, join(clone, '.git')];
  for (const lock of gitFolders.flatMap((cwd) => globSync('**/*.lock', { cwd }).map((name) => join(cwd, name)))) {
    rmSync(lock, { force: true }); // of a git that was killed; this process has the clone's lock
  }
  await git(home, ['init', '--quiet', '--bare', `--initial-branch=${BRANCH}`, repository]);
  await git(repository, ['config', 'core.hooksPath', 'hooks']);
  await git(repository, ['config', 'receive.advertisePushOptions', 'true']);
  await git(home, ['init', '--quiet', `--initial-branch=${BRANCH}`, clone]);
  await git(clone, ['config', 'remote.origin.url', join('..', basename(repository))]);
  await git(clone, ['config', 'remote.origin.fetch', '+refs/heads/*:refs/remotes/origin/*']);
}

/** The commit that the repository's branch is at; undefined before the first. */
export async function readTip({ repository }: DeployPaths): Promise<string | undefined> {
  return (await git(repository, ['for-each-ref', '--format=%(objectname)', REF])) || undefined;
}

/** Puts the repository's branch back to `tip`; undefined: before the first commit. */
export async function resetBranch({ repository }: DeployPaths, tip: string | undefined): Promise<void> {
  await git(repository, tip === undefined ? ['update-ref', '-d', REF] : ['update-ref', REF, tip]);
}

/**
 * Puts the site in the folder `site` into the clone, committed there or not, has `change` change it, and commits that on top of
 * `tip`. Returns the commit. Commits that were rejected before are dropped.
 */
export async function commitSite(
  { clone }: DeployPaths,
  site: string,
  tip: string | undefined,
  title: string,
  change: (site: string) => void,
): Promise<string> {
  await git(clone, ['symbolic-ref', 'HEAD', REF]);
  if (tip === undefined) await git(clone, ['update-ref', '-d', REF]);
  else {
    await git(clone, ['fetch', '--quiet', 'origin']);
    await git(clone, ['update-ref', REF, tip]);
  }
  rmSync(join(clone, '.git/index'), { force: true });
  for (const name of readdirSync(clone)) {
    if (name !== '.git') rmSync(join(clone, name), { recursive: true });
  }
  // A repository in the site would be committed as a link, without its files.
  cpSync(site, clone, { recursive: true, verbatimSymlinks: true, filter: (path) => basename(path) !== '.git' });
  change(clone);
  await git(clone, ['add', '--all']);
  await git(clone, ['commit', '--quiet', '--allow-empty', '--message', title]);
  return git(clone, ['rev-parse', 'HEAD']);
}

/** Why git has not run the hook, as far as it can be found. */
export function hookProblem({ home, repository }: DeployPaths): string {
  const hook = hookFile(repository);
  try {
    accessSync(hook, constants.X_OK);
    return `Remove ${repository}, and the next deployment makes a new one.`;
  } catch {
    return `${hook} may not be executed: is ${home} on a file system mounted with noexec? Set WAYBILL_HOME to a folder where programs can run.`;
  }
}
