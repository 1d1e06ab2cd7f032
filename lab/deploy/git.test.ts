import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { SITE } from '../../services/app/release.ts';
import { hasTool } from '../../tests/tool.ts';
import { commitSite, git, prepareRepository, readTip, resetBranch, withoutGitVariables } from './git.ts';
import { hookFile, writeHook } from './hook.ts';
import { type DeployPaths, deployPaths } from './paths.ts';

let paths: DeployPaths;
beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'waybill git é-'));
  paths = deployPaths(join(folder, 'home'));
  mkdirSync(paths.home);
  onTestFinished(() => rmSync(folder, { recursive: true }));
});
const hasGit = hasTool('git');
const commit = async (title: string) => commitSite(paths, SITE, await readTip(paths), title, () => {});
const push = ({ clone }: DeployPaths) => git(clone, ['push', '--quiet', 'origin', 'main']);
const keepsAll = { recursive: true, verbatimSymlinks: true } as const;

test('of a shell, all variables of git are dropped but where its programs are', () => {
  const environment = { GIT_DIR: 'x', GIT_AUTHOR_DATE: 'x', GIT_EXEC_PATH: '/opt/git', PATH: '/bin' };
  expect(withoutGitVariables(environment)).toEqual({ GIT_EXEC_PATH: '/opt/git', PATH: '/bin' });
});

test.skipIf(!hasGit)('a commit has the files of the site, and a push takes them to the repository', async () => {
  await prepareRepository(paths);
  const hash = await commit('first');
  await push(paths);
  expect(await readTip(paths)).toBe(hash);
  expect(await git(paths.repository, ['ls-tree', '--name-only', 'main'])).toContain('settings.ts');
});

test.skipIf(!hasGit)('a copy of a home pushes into itself', async () => {
  await prepareRepository(paths);
  await commit('first');
  await push(paths);
  const before = await readTip(paths);
  const copied = deployPaths(join(paths.home, '../copy'));
  cpSync(paths.home, copied.home, keepsAll);
  const hash = await commitSite(copied, SITE, before, 'second', () => {});
  await push(copied);
  expect([await readTip(paths), await readTip(copied)]).toEqual([before, hash]);
});

test.skipIf(!hasGit)(
  'a clone that a former version made, by an absolute path, is led to its own repository',
  async () => {
    await prepareRepository(paths);
    await git(paths.clone, ['config', 'remote.origin.url', '/the/original/site.git']);
    await prepareRepository(paths);
    await commit('first');
    await push(paths);
    expect(await readTip(paths)).toBeDefined();
  },
);

test.skipIf(!hasGit)('what was rejected before is not in the next commit', async () => {
  await prepareRepository(paths);
  mkdirSync(join(paths.repository, 'hooks'));
  writeFileSync(hookFile(paths.repository), '#!/bin/sh\nexit 1\n', { mode: 0o700 });
  await commit('rejected');
  await expect(push(paths)).rejects.toThrow(/pre-receive hook declined/);
  await commit('next');
  expect(await git(paths.clone, ['rev-list', '--count', 'HEAD'])).toBe('1');
});

test.skipIf(!hasGit)('locks of a git that was killed are removed', async () => {
  await prepareRepository(paths);
  await commit('first');
  const locks = ['index.lock', 'HEAD.lock', 'refs/heads/main.lock'].map((name) => join(paths.clone, '.git', name));
  for (const lock of locks) writeFileSync(lock, '');
  await prepareRepository(paths);
  await commit('second');
  expect(locks.filter(existsSync)).toEqual([]);
});

test.skipIf(!hasGit)('the branch is taken back to a commit, or to none', async () => {
  await prepareRepository(paths);
  const first = await commit('first');
  await push(paths);
  await commit('second');
  await push(paths);
  await resetBranch(paths, first);
  expect(await readTip(paths)).toBe(first);
  await resetBranch(paths, undefined);
  expect(await readTip(paths)).toBeUndefined();
});

test.skipIf(!hasGit || process.getuid?.() !== 0)(
  'a home of another user, as root: git takes it (safe.directory)',
  async () => {
    await prepareRepository(paths);
    execFileSync('chown', ['-R', '1234', paths.home]);
    await prepareRepository(paths);
    await commit('first');
    await push(paths);
    expect(await readTip(paths)).toBeDefined();
  },
);

test('without a repository no hook is written', () => {
  writeHook(paths, {});
  expect(existsSync(paths.repository)).toBe(false);
});

test.skipIf(!hasGit)('the hook can be executed', async () => {
  await prepareRepository(paths);
  writeHook(paths, { A: 'b c' });
  expect(readFileSync(hookFile(paths.repository), 'utf8')).toMatch(/^#!\/bin\/sh\n/);
  execFileSync('sh', ['-n', hookFile(paths.repository)]);
});
