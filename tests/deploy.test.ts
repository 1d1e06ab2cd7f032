// How a change reaches the site, while visitors come: each of the changes, a release put back, what an interrupted deployment
// leaves, and settings, disks and journals that would keep the pipeline from running.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { CHANGES } from '../lab/deploy/changes.ts';
import { git } from '../lab/deploy/git.ts';
import type { DeployResult } from '../lab/deploy/laptop.ts';
import { deployPaths } from '../lab/deploy/paths.ts';
import { deploymentSpans, findSpec } from '../otel/contract/index.ts';
import * as names from '../otel/contract/names.ts';
import { keyOf } from '../otel/contract/spec.ts';
import { waitForTrace } from '../traces/jaeger.ts';
import type { TraceSpan } from '../traces/model.ts';
import { COMPILED, type Lab, startLab } from './lab.ts';
import { hasTool } from './tool.ts';

// A deployment is a dozen processes one after another, and visitors keep the machine busy meanwhile.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });
const SITE_HOST = 'djangogirls.test';
const hasGit = hasTool('git');
if (!hasGit) console.log('tests/deploy.test.ts: skipped, git is not there');

let lab: Lab;
beforeAll(async () => {
  if (hasGit) lab = await startLab();
});
afterAll(() => lab?.stop());

/** Starts `npm run deploy` with `args` for the lab. */
function start(args: string[], variables: NodeJS.ProcessEnv = {}): ChildProcess {
  const env = { ...lab.environment, NODE_COMPILE_CACHE: COMPILED, ...variables };
  return spawn(process.execPath, ['lab/guard.js', 'deploy', ...args], { env, detached: true });
}

/** Runs it to its end; what it told, and what it said on the screen. */
async function deploy(args: string[], variables: NodeJS.ProcessEnv = {}) {
  const child = start([...args, '--json'], variables);
  const [out, said] = await Promise.all([text(child.stdout as never), text(child.stderr as never)]);
  const [code] = child.exitCode === null ? await once(child, 'close') : [child.exitCode];
  return { code, said, ...(out === '' ? {} : (JSON.parse(out) as Partial<DeployResult>)) };
}

type Page = { status: number | undefined; body: string };

function ask(path: string): Promise<Page> {
  return new Promise((resolve, reject) => {
    get(`${lab.config.siteUrl}${path}`, { headers: { host: SITE_HOST } }, (response) => {
      text(response).then((body) => resolve({ status: response.statusCode, body }), reject);
    }).on('error', reject);
  });
}

const releaseOf = ({ body }: Page) => /release <code>(.+?)<\/code>/.exec(body)?.[1] ?? 'working tree';
const styleOf = ({ body }: Page) => /href="(\/static\/style[^"]+)"/.exec(body)?.[1] ?? '';

/** Visits the site without a pause until `during` is over; every page. */
async function visitDuring<T>(during: Promise<T>): Promise<{ pages: Page[]; result: T }> {
  let isOver = false;
  const result = during.finally(() => {
    isOver = true;
  });
  const pages: Page[] = [];
  const visitor = async (path: string) => {
    while (!isOver) pages.push(await ask(path));
  };
  await Promise.all([result, visitor('/'), visitor('/letters/Ola/'), visitor('/jobs/')]);
  return { pages, result: await result };
}

/** The spans of a trace, by `service name`. */
async function readTrace(traceId: string): Promise<Map<string, TraceSpan[]>> {
  const { spans } = await waitForTrace(lab.config.jaegerUrl, traceId);
  return Map.groupBy(spans, ({ service, name }) => `${service} ${name}`);
}

/** Whether the site's database has a table of that name. */
function hasTable(name: string): boolean {
  const database = new DatabaseSync(join(lab.config.home, 'site.db'), { readOnly: true });
  const found = database.prepare('select name from sqlite_master where name = ?').get(name);
  database.close();
  return found !== undefined;
}

const served = async () => releaseOf(await ask('/'));

test.skipIf(!hasGit)('a change reaches every page, and nobody is refused meanwhile', async () => {
  const { pages, result } = await visitDuring(deploy(['--change', 'title']));
  expect(result).toMatchObject({ code: 0, isDone: true, release: expect.stringMatching(/^1-[\da-f]{7}$/) });
  expect(pages.filter(({ status }) => status !== 200)).toEqual([]);
  expect(new Set(pages.map(releaseOf))).toEqual(new Set(['working tree', result.release]));
  expect((await ask('/')).body).toContain('Edition 1');
  for (const page of pages.slice(0, 1)) expect((await ask(styleOf(page))).status).toBe(200); // of the one before
});

test.skipIf(!hasGit)('its trace is as the contract says, and the first visit is linked to it', async () => {
  const { traceId = '' } = await deploy(['--change', 'title']);
  const spans = await readTrace(traceId);
  const all = [...spans.values()].flat();
  const known = all.filter(({ service }) => service === 'laptop' || service === 'pipeline');
  expect(known.filter((span) => findSpec(span) === undefined)).toEqual([]);
  const missing = deploymentSpans
    .filter((spec) => !all.some((span) => findSpec(span) === spec))
    .map(keyOf)
    .filter((key) => key !== 'app migration {name}'); // nothing was left to migrate
  expect(missing).toEqual([]);
  for (const span of known) {
    const spec = findSpec(span);
    const lacks = Object.keys(spec?.attributes ?? {}).filter((name) => !(name in span.attributes));
    const more = Object.keys(span.attributes).filter((name) => {
      const isOwn = /^(cicd|vcs|deployment|test|waybill|error)\./.test(name);
      return isOwn && !(name in (spec?.attributes ?? {})) && !(name in (spec?.sometimes ?? {}));
    });
    expect([span.name, lacks, more]).toEqual([span.name, [], []]);
  }
  const [first] = spans.get('pipeline first visit') ?? [];
  const visit = await readTrace(String(first?.attributes[names.ATTR_VISIT_TRACE]));
  const [root] = visit.get('visitor visit') ?? [];
  expect(root?.links).toEqual([expect.objectContaining({ traceId, spanId: first?.spanId })]);
  expect(
    [...visit.values()].flat().find(({ service, kind }) => service === 'app' && kind === 1)?.attributes,
  ).toMatchObject({
    [names.ATTR_DEPLOYMENT_ID]: await served(),
  });
});

test
  .skipIf(!hasGit)
  .each(
    Object.entries(CHANGES).flatMap(([name, change]) => ('failsAt' in change ? [[name, change.failsAt] as const] : [])),
  )('%s ends at "%s": nobody sees it, and the release before goes on', async (name, failsAt) => {
  const before = await served();
  const { pages, result } = await visitDuring(deploy(['--change', name]));
  expect(result).toMatchObject({ code: 1, isDone: false, release: before });
  expect(pages.filter(({ status }) => status !== 200)).toEqual([]);
  expect(await served()).toBe(before);
  const spans = await readTrace(result.traceId ?? '');
  expect(spans.get(`pipeline ${failsAt}`)?.[0]?.error).not.toBeNull();
  expect(spans.get('pipeline RUN deploy')?.[0]?.attributes).toMatchObject({
    [names.ATTR_CICD_PIPELINE_RESULT]: 'failure',
    [names.ATTR_DEPLOYMENT_STATUS]: 'failed',
    'error.type': failsAt,
  });
  expect(spans.has('pipeline roll back')).toBe(failsAt === 'check health');
  expect(hasTable('postcode')).toBe(false); // what the broken migration had begun to make
});

test.skipIf(!hasGit)('the release before is put back, and then the working tree', async () => {
  const [older, newer] = readdirSync(deployPaths(lab.config.home).releases).sort();
  expect(await served()).toBe(newer);
  const { pages, result } = await visitDuring(deploy(['--rollback']));
  expect(result).toMatchObject({ code: 0, release: older });
  expect(pages.filter(({ status }) => status !== 200)).toEqual([]);
  expect(await served()).toBe(older);
  expect(await deploy(['--rollback', '--to', 'working-tree'])).toMatchObject({ code: 0, release: null });
  expect(await served()).toBe('working tree');
  expect(await deploy(['--rollback'])).toMatchObject({ code: 1, isDone: false });
});

test.skipIf(!hasGit)(
  "the user's settings, ignored files and attributes of git, and a shell's variables for it, change nothing",
  async () => {
    const { home } = lab.config;
    const { repository, laptop } = deployPaths(home);
    for (const folder of [repository, laptop]) rmSync(folder, { recursive: true }); // what is tracked is never ignored
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
    const deployed = await deploy(['--change', 'title'], {
      ...Object.fromEntries([...variables, ...others].map((name) => [name, '/nowhere'])),
      GIT_CONFIG_GLOBAL: join(home, 'user/gitconfig'),
      XDG_CONFIG_HOME: join(home, 'user'),
    });
    expect(deployed).toMatchObject({ code: 0, isDone: true, release: await served() });
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
  expect(await deploy(['--rollback', '--to', await served()])).toMatchObject({ code: 0, isDone: true });
});

test.skipIf(!hasGit)('npm run reset says which release is served', async () => {
  const reset = execFileSync(process.execPath, ['lab/guard.js', 'reset', '--dry-run'], { env: lab.environment });
  expect(reset.toString()).toContain(`The site is release ${await served()}.`);
});

test.skipIf(!hasGit)('of two deployments at once the second is refused', async () => {
  const first = deploy(['--change', 'title']);
  await vi.waitFor(() => expect(existsSync(deployPaths(lab.config.home).journal)).toBe(true), { timeout: 60_000 });
  const second = await deploy(['--change', 'title']);
  expect(second).toMatchObject({ code: 1, isDone: false });
  expect(await first).toMatchObject({ code: 0, isDone: true });
});

/** What the command says that the site is. */
const siteIs = (release: string) =>
  `The site is ${release === 'working tree' ? 'the working tree' : `release ${release}`}.`;

test.skipIf(!hasGit).each(['git commit', 'install', 'collectstatic', 'migrate', 'switch', 'replace workers'])(
  'Ctrl-C after "%s": the command ends when the release before is served again, and says so; the next deployment succeeds',
  async (task) => {
    const before = await served();
    const child = start(['--change', 'title']);
    let printed = '';
    child.stdout?.on('data', (chunk) => {
      const isNew = !printed.includes(`✓ ${task}`);
      printed += chunk;
      // As a terminal does: to the whole group.
      if (isNew && printed.includes(`✓ ${task}`)) process.kill(-(child.pid ?? 0), 'SIGINT');
    });
    const { pages } = await visitDuring(once(child, 'close'));
    const after = await served();
    // The last steps take a moment: the deployment may be complete before the signal arrives.
    if (task !== 'replace workers' || !printed.includes('✓ first visit')) expect(after).toBe(before);
    expect(printed).toContain(siteIs(after));
    expect(new Set(await Promise.all(Array.from({ length: 6 }, served)))).toEqual(new Set([after]));
    expect(existsSync(deployPaths(lab.config.home).journal)).toBe(false);
    expect(pages.filter(({ status }) => status !== 200)).toEqual([]);
    expect(await deploy(['--change', 'title'])).toMatchObject({ code: 0, isDone: true });
  },
);

test.skipIf(!hasGit)(
  'the pipeline is killed after the switch: the command puts the release before back at once, and says so',
  async () => {
    const before = await served();
    const { journal, repository } = deployPaths(lab.config.home);
    const tip = await git(repository, ['rev-parse', 'main']);
    const deploying = deploy(['--change', 'title']);
    await vi.waitFor(() => expect(readFileSync(journal, 'utf8')).toContain('"isSwitched":true'), {
      timeout: 120_000,
      interval: 5,
    });
    const { pid } = JSON.parse(readFileSync(journal, 'utf8')) as { pid: number };
    process.kill(pid, 'SIGKILL');
    expect(await deploying).toMatchObject({ code: 1, isDone: false, release: before });
    expect([await served(), existsSync(journal)]).toEqual([before, false]);
    expect(await git(repository, ['rev-parse', 'main'])).toBe(tip);
  },
);

test.skipIf(!hasGit)(
  'everything is killed after the switch: the next deployment puts the release before back first',
  async () => {
    const before = await served();
    const { journal } = deployPaths(lab.config.home);
    const child = start(['--change', 'title']);
    await vi.waitFor(() => expect(readFileSync(journal, 'utf8')).toContain('"isSwitched":true'), {
      timeout: 120_000,
      interval: 5,
    });
    const { pid } = JSON.parse(readFileSync(journal, 'utf8')) as { pid: number };
    const closed = once(child, 'close');
    process.kill(-(child.pid ?? 0), 'SIGKILL');
    process.kill(pid, 'SIGKILL');
    await closed;
    expect(await deploy(['--rollback', '--to', before])).toMatchObject({ code: 0, release: before });
    expect(await served()).toBe(before);
  },
);

test.skipIf(!hasGit)('without git there is no deployment, and a sentence says why', async () => {
  const refused = await deploy([], { PATH: '/nowhere' });
  expect(refused).toMatchObject({ code: 1, isDone: false, message: expect.stringContaining('git') });
});

test.skipIf(!hasGit)('a release that throws in a worker, and nowhere else, is taken back', async () => {
  const before = await served();
  const { laptop } = deployPaths(lab.config.home);
  const settings = join(laptop, 'settings.ts');
  const onlyInWorkers =
    "if (process.env.WAYBILL_APP_PORT && process.env.WAYBILL_INSTANCE?.startsWith('app-')) throw new Error('not here');\n";
  writeFileSync(settings, readFileSync(settings, 'utf8') + onlyInWorkers);
  const git = (...args: string[]) =>
    once(spawn('git', ['-C', laptop, '-c', 'user.name=a', '-c', 'user.email=a@b', ...args]), 'close');
  await git('commit', '-qam', 'does not start');
  const { pages, result } = await visitDuring(git('push', '-q', 'origin', 'main'));
  expect(result[0]).not.toBe(0);
  expect(pages.filter(({ status }) => status !== 200)).toEqual([]);
  expect(await served()).toBe(before);
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
      const full = await deploy(['--change', 'title']);
      expect(full).toMatchObject({ code: 1, isDone: false, release: null });
      expect(await served()).toBe('working tree');
      rmSync(join(disk, 'others'));
      expect(await deploy(['--change', 'title'])).toMatchObject({ code: 0, isDone: true });
      expect(await served()).toMatch(/^1-/);
    }),
);

test.skipIf(!hasGit || noDisk !== '')(
  `a disk where no program may run (noexec): pushed is not deployed, and the commit is taken back${noDisk}`,
  () =>
    withDisk(',noexec', async () => {
      const deployed = await deploy(['--change', 'broken-test']);
      expect(deployed).toMatchObject({ code: 1, isDone: false, release: null });
      expect(deployed.message).toMatch(/mounted with noexec\? Set WAYBILL_HOME/);
      const { repository } = deployPaths(lab.config.home);
      expect(await git(repository, ['for-each-ref'])).toBe('');
    }),
);
