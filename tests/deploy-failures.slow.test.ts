// Deployments that go wrong, while visitors come: changes that fail at a step, what an interrupted deployment leaves, and
// settings, disks and journals that would keep the pipeline from running.

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { CHANGES } from '../lab/deploy/changes.ts';
import { git } from '../lab/deploy/git.ts';
import { deployPaths } from '../lab/deploy/paths.ts';
import { type Lab, startLab } from '../lab/fixture.ts';
import * as names from '../otel/contract/names.ts';
import { waitForTrace } from '../traces/jaeger.ts';
import { deploy, hasGit, served, startDeploy, visitDuring } from './deployments.ts';

if (!hasGit) console.log('tests/deploy-failures.slow.test.ts: skipped, git is not there');

let lab: Lab;
beforeAll(async () => {
  if (!hasGit) return;
  lab = await startLab();
  expect(await deploy(lab, ['--change', 'title'])).toMatchObject({ code: 0, isDone: true });
});
afterAll(() => lab?.stop());

/** Whether the site's database has a table of that name. */
function hasTable(name: string): boolean {
  const database = new DatabaseSync(join(lab.config.home, 'site.db'), { readOnly: true });
  const found = database.prepare('select name from sqlite_master where name = ?').get(name);
  database.close();
  return found !== undefined;
}

test
  .skipIf(!hasGit)
  .each(
    Object.entries(CHANGES).flatMap(([name, change]) => ('failsAt' in change ? [[name, change.failsAt] as const] : [])),
  )('%s ends at "%s": no visitor gets it, and the release before is still served', async (name, failsAt) => {
  const before = await served(lab);
  const { pages, result } = await visitDuring(lab, deploy(lab, ['--change', name]));
  expect(result).toMatchObject({ code: 1, isDone: false, release: before });
  expect(pages.filter(({ status }) => status !== 200)).toEqual([]);
  expect(await served(lab)).toBe(before);
  const { spans: all } = await waitForTrace(lab.config.jaegerUrl, result.traceId ?? '');
  const spans = Map.groupBy(all, ({ service, name }) => `${service} ${name}`);
  expect(spans.get(`pipeline ${failsAt}`)?.[0]?.error).not.toBeNull();
  expect(spans.get('pipeline RUN deploy')?.[0]?.attributes).toMatchObject({
    [names.ATTR_CICD_PIPELINE_RESULT]: 'failure',
    [names.ATTR_DEPLOYMENT_STATUS]: 'failed',
    'error.type': failsAt,
  });
  expect(spans.has('pipeline roll back')).toBe(failsAt === 'check health');
  expect(hasTable('postcode')).toBe(false); // what the broken migration had begun to make
});

test.skipIf(!hasGit)(
  "the user's settings, ignored files and attributes of git, and a shell's variables for it, change nothing",
  async () => {
    const { home } = lab.config;
    const { repository, clone } = deployPaths(home);
    for (const folder of [repository, clone]) rmSync(folder, { recursive: true }); // what is tracked is never ignored
    mkdirSync(join(home, 'user/git'), { recursive: true });
    writeFileSync(join(home, 'user/git/ignore'), '*.css\n');
    writeFileSync(join(home, 'user/git/attributes'), '* text eol=crlf\n');
    writeFileSync(
      join(home, 'user/gitconfig'),
      '[core]\n  hooksPath = /nowhere\n  autocrlf = true\n[commit]\n  gpgsign = true\n[init]\n  templateDir = /nowhere\n',
    );
    const variables = execFileSync('git', ['rev-parse', '--local-env-vars']).toString().trim().split('\n');
    const others = [
      'GIT_QUARANTINE_PATH',
      'GIT_TEMPLATE_DIR',
      'GIT_AUTHOR_DATE',
      'GIT_ALLOW_PROTOCOL',
      'GIT_NAMESPACE',
    ];
    const deployed = await deploy(lab, ['--change', 'title'], {
      ...Object.fromEntries([...variables, ...others].map((name) => [name, '/nowhere'])),
      GIT_CONFIG_GLOBAL: join(home, 'user/gitconfig'),
      XDG_CONFIG_HOME: join(home, 'user'),
    });
    expect(deployed).toMatchObject({ code: 0, isDone: true, release: await served(lab) });
    const path = 'services/app/site/static/style.css';
    const style = readFileSync(join(deployPaths(home).releases, String(deployed.release), path));
    expect(style.equals(readFileSync(path))).toBe(true);
  },
);

const living = { id: 'x', pid: 1, release: 'x', previous: null, isSwitched: false };
test.skipIf(!hasGit).each([
  ['of a process that ended, whose id is now that of another', JSON.stringify(living)],
  ['that is empty', ''],
])('a journal %s keeps no deployment out', async (_, journal) => {
  writeFileSync(deployPaths(lab.config.home).journal, journal);
  expect(await deploy(lab, ['--rollback', '--to', await served(lab)])).toMatchObject({ code: 0, isDone: true });
});

/** What the command says that the site is. */
const siteIs = (release: string) =>
  `The site is ${release === 'working tree' ? 'the working tree' : `release ${release}`}.`;

test.skipIf(!hasGit).each(['git commit', 'install', 'collectstatic', 'migrate', 'switch', 'replace workers'])(
  'Ctrl-C after "%s": the command ends when the release before is served again, and says so',
  async (task) => {
    const before = await served(lab);
    const child = startDeploy(lab, ['--change', 'title']);
    let printed = '';
    child.stdout?.on('data', (chunk) => {
      const isNew = !printed.includes(`✓ ${task}`);
      printed += chunk;
      // As a terminal does: to the whole group.
      if (isNew && printed.includes(`✓ ${task}`)) process.kill(-(child.pid ?? 0), 'SIGINT');
    });
    const { pages } = await visitDuring(lab, once(child, 'close'));
    const after = await served(lab);
    // The last steps take a moment: the deployment may be complete before the signal arrives.
    if (task !== 'replace workers' || !printed.includes('✓ first visit')) expect(after).toBe(before);
    expect(printed).toContain(siteIs(after));
    expect(new Set(await Promise.all(Array.from({ length: 6 }, () => served(lab))))).toEqual(new Set([after]));
    expect(existsSync(deployPaths(lab.config.home).journal)).toBe(false);
    expect(pages.filter(({ status }) => status !== 200)).toEqual([]);
  },
);

test.skipIf(!hasGit)('after interrupted deployments the next one succeeds', async () => {
  expect(await deploy(lab, ['--change', 'title'])).toMatchObject({ code: 0, isDone: true });
});

test.skipIf(!hasGit)(
  'the pipeline is killed after the switch: the command puts the release before back at once, and says so',
  async () => {
    const before = await served(lab);
    const { journal, repository } = deployPaths(lab.config.home);
    const tip = await git(repository, ['rev-parse', 'main']);
    const deploying = deploy(lab, ['--change', 'title']);
    await vi.waitFor(() => expect(readFileSync(journal, 'utf8')).toContain('"isSwitched":true'), { interval: 5 });
    const { pid } = JSON.parse(readFileSync(journal, 'utf8')) as { pid: number };
    process.kill(pid, 'SIGKILL');
    expect(await deploying).toMatchObject({ code: 1, isDone: false, release: before });
    expect([await served(lab), existsSync(journal)]).toEqual([before, false]);
    expect(await git(repository, ['rev-parse', 'main'])).toBe(tip);
  },
);

test.skipIf(!hasGit)(
  'everything is killed after the switch: the next deployment puts the release before back first',
  async () => {
    const before = await served(lab);
    const { journal } = deployPaths(lab.config.home);
    const child = startDeploy(lab, ['--change', 'title']);
    await vi.waitFor(() => expect(readFileSync(journal, 'utf8')).toContain('"isSwitched":true'), { interval: 5 });
    const { pid } = JSON.parse(readFileSync(journal, 'utf8')) as { pid: number };
    const closed = once(child, 'close');
    process.kill(-(child.pid ?? 0), 'SIGKILL');
    process.kill(pid, 'SIGKILL');
    await closed;
    expect(await deploy(lab, ['--rollback', '--to', before])).toMatchObject({ code: 0, release: before });
    expect(await served(lab)).toBe(before);
  },
);

test.skipIf(!hasGit)('a release that throws in a worker, and nowhere else, is taken back', async () => {
  const before = await served(lab);
  const { clone } = deployPaths(lab.config.home);
  const settings = join(clone, 'settings.ts');
  const onlyInWorkers =
    "if (process.env.WAYBILL_APP_PORT && process.env.WAYBILL_INSTANCE?.startsWith('app-')) throw new Error('not here');\n";
  writeFileSync(settings, readFileSync(settings, 'utf8') + onlyInWorkers);
  const git = (...args: string[]) =>
    once(spawn('git', ['-C', clone, '-c', 'user.name=a', '-c', 'user.email=a@b', ...args]), 'close');
  await git('commit', '-qam', 'does not start');
  const { pages, result } = await visitDuring(lab, git('push', '-q', 'origin', 'main'));
  expect(result[0]).not.toBe(0);
  expect(pages.filter(({ status }) => status !== 200)).toEqual([]);
  expect(await served(lab)).toBe(before);
});

/** A disk of 32 MB, mounted with these options; undefined where none may be mounted. */
function mountDisk(options = ''): string | undefined {
  const disk = mkdtempSync(join(tmpdir(), 'waybill-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=32m${options}`, 'tmpfs', disk], { stdio: 'pipe' });
    return disk;
  } catch {
    return undefined;
  }
}

const unmount = (disk: string) => void execFileSync('umount', ['--lazy', disk]);
const tried = mountDisk();
if (tried) unmount(tried);
const noDisk = tried ? '' : ' (skipped: no small disk may be mounted here)';

/** Does `work` with a lab whose home is on a disk of its own. */
async function withDisk(options: string, work: (disk: string) => Promise<void>): Promise<void> {
  const disk = mountDisk(options) ?? expect.fail();
  onTestFinished(() => unmount(disk));
  const before = lab;
  lab = await startLab({ WAYBILL_HOME: join(disk, 'home') });
  try {
    await work(disk);
  } finally {
    await lab.stop();
    lab = before;
  }
}

test.skipIf(!hasGit || noDisk !== '')(
  `a full disk: nothing has changed, and with room again the next one goes through${noDisk}`,
  () =>
    withDisk('', async (disk) => {
      const rest = statfsSync(disk);
      writeFileSync(join(disk, 'others'), Buffer.alloc(rest.bsize * rest.bavail - 16_384));
      const full = await deploy(lab, ['--change', 'title']);
      expect(full).toMatchObject({ code: 1, isDone: false, release: null });
      expect(await served(lab)).toBe('working tree');
      rmSync(join(disk, 'others'));
      expect(await deploy(lab, ['--change', 'title'])).toMatchObject({ code: 0, isDone: true });
      expect(await served(lab)).toMatch(/^1-/);
    }),
);

test.skipIf(!hasGit || noDisk !== '')(
  `a disk where no program may run (noexec): pushed is not deployed, and the commit is taken back${noDisk}`,
  () =>
    withDisk(',noexec', async () => {
      const deployed = await deploy(lab, ['--change', 'broken-test']);
      expect(deployed).toMatchObject({ code: 1, isDone: false, release: null });
      expect(deployed.message).toMatch(/mounted with noexec\? Set WAYBILL_HOME/);
      const { repository } = deployPaths(lab.config.home);
      expect(await git(repository, ['for-each-ref'])).toBe('');
    }),
);
