// How a change reaches the site, while visitors come: each of the changes, a release put back, and what is left of a
// deployment that was ended in the middle.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { CHANGES } from '../lab/deploy/changes.ts';
import type { Told } from '../lab/deploy/laptop.ts';
import { placesIn } from '../lab/deploy/places.ts';
import { deploymentSpans, findSpec } from '../otel/contract/index.ts';
import * as names from '../otel/contract/names.ts';
import { keyOf } from '../otel/contract/spec.ts';
import { waitForTrace } from '../traces/jaeger.ts';
import type { TraceSpan } from '../traces/model.ts';
import { COMPILED, type Lab, startLab } from './lab.ts';
import { hasTool } from './tool.ts';

const SITE_HOST = 'djangogirls.test';
const hasGit = hasTool('git');
if (!hasGit) console.log('tests/deploy.test.ts: skipped, git is not there');

let lab: Lab;
beforeAll(async () => {
  if (hasGit) lab = await startLab();
}, 60_000);
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
  return { code, said, ...(out === '' ? {} : (JSON.parse(out) as Partial<Told>)) };
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

test.skipIf(!hasGit)(
  'a change reaches every page, and nobody is refused meanwhile',
  async () => {
    const { pages, result } = await visitDuring(deploy(['--change', 'title']));
    expect(result).toMatchObject({ code: 0, isDone: true, release: expect.stringMatching(/^1-[\da-f]{7}$/) });
    expect(pages.filter(({ status }) => status !== 200)).toEqual([]);
    expect(new Set(pages.map(releaseOf))).toEqual(new Set(['working tree', result.release]));
    expect((await ask('/')).body).toContain('Edition 1');
    for (const page of pages.slice(0, 1)) expect((await ask(styleOf(page))).status).toBe(200); // of the one before
  },
  60_000,
);

test.skipIf(!hasGit)(
  'its trace is as the contract says, and the first visit is linked to it',
  async () => {
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
  },
  60_000,
);

test
  .skipIf(!hasGit)
  .each(
    Object.entries(CHANGES).flatMap(([name, change]) => ('failsAt' in change ? [[name, change.failsAt] as const] : [])),
  )(
  '%s ends at "%s": nobody sees it, and the release before goes on',
  async (name, failsAt) => {
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
  },
  60_000,
);

test.skipIf(!hasGit)(
  'the release before is put back, and then the working tree',
  async () => {
    const [older, newer] = readdirSync(placesIn(lab.config.home).releases).sort();
    expect(await served()).toBe(newer);
    const { pages, result } = await visitDuring(deploy(['--rollback']));
    expect(result).toMatchObject({ code: 0, release: older });
    expect(pages.filter(({ status }) => status !== 200)).toEqual([]);
    expect(await served()).toBe(older);
    expect(await deploy(['--rollback', '--to', 'working-tree'])).toMatchObject({ code: 0, release: null });
    expect(await served()).toBe('working tree');
    expect(await deploy(['--rollback'])).toMatchObject({ code: 1, isDone: false });
  },
  60_000,
);

test.skipIf(!hasGit)(
  "nobody's own settings of git pass over the pipeline",
  async () => {
    const settings = join(lab.config.home, 'gitconfig');
    writeFileSync(settings, '[core]\n  hooksPath = /nowhere\n');
    const told = await deploy(['--change', 'title'], { GIT_CONFIG_GLOBAL: settings, GIT_DIR: '/nowhere' });
    expect(told).toMatchObject({ code: 0, isDone: true, release: await served() });
    expect(told.release).not.toBeNull();
  },
  60_000,
);

test.skipIf(!hasGit)(
  'of two deployments at once the second is refused',
  async () => {
    const first = deploy(['--change', 'title']);
    await vi.waitFor(() => expect(existsSync(placesIn(lab.config.home).journal)).toBe(true), { timeout: 10_000 });
    const second = await deploy(['--change', 'title']);
    expect(second).toMatchObject({ code: 1, isDone: false });
    expect(await first).toMatchObject({ code: 0, isDone: true });
  },
  60_000,
);

test.skipIf(!hasGit).each(['lint', 'migrate', 'switch', 'replace workers'])(
  'ended in the middle of "%s" (Ctrl-C): the site goes on, and the next deployment does well',
  async (task) => {
    const before = await served();
    const child = start(['--change', 'title']);
    const { pages } = await visitDuring(
      (async () => {
        for await (const chunk of child.stdout as NodeJS.ReadableStream) if (follows(String(chunk), task)) break;
        process.kill(-(child.pid ?? 0), 'SIGINT'); // as a terminal does: to the whole group
        if (child.exitCode === null) await once(child, 'exit');
      })(),
    );
    expect(pages.filter(({ status }) => status !== 200)).toEqual([]);
    await vi.waitFor(() => expect(existsSync(placesIn(lab.config.home).journal)).toBe(false), { timeout: 30_000 });
    expect(await served()).toBe(before);
    expect(await deploy(['--change', 'title'])).toMatchObject({ code: 0, isDone: true });
  },
  90_000,
);

/** Whether the screen says that `task` is under way now. */
function follows(screen: string, task: string): boolean {
  const before: Record<string, string> = {
    lint: 'install',
    migrate: 'collectstatic',
    switch: 'migrate',
    'replace workers': 'switch',
  };
  return screen.includes(`✓ ${before[task]}`);
}

test.skipIf(!hasGit)(
  'killed after the switch: the next one puts the release before back first',
  async () => {
    const before = await served();
    const child = start(['--change', 'title']);
    const { journal } = placesIn(lab.config.home);
    await vi.waitFor(() => expect(readFileSync(journal, 'utf8')).toContain('"isSwitched":true'), {
      timeout: 30_000,
      interval: 5,
    });
    const { pid } = JSON.parse(readFileSync(journal, 'utf8')) as { pid: number };
    process.kill(pid, 'SIGKILL');
    if (child.exitCode === null) await once(child, 'exit');
    const { code, said } = await deploy(['--rollback', '--to', before]);
    expect([code, said]).toEqual([0, '']);
    await vi.waitFor(async () => expect(await served()).toBe(before), { timeout: 20_000 });
  },
  60_000,
);

test.skipIf(!hasGit)('without git there is no deployment, and a sentence says why', async () => {
  const refused = await deploy([], { PATH: '/nowhere' });
  expect(refused).toMatchObject({ code: 1, isDone: false, message: expect.stringContaining('git') });
});

test.skipIf(!hasGit)(
  'a release that throws in a worker, and nowhere else, is taken back',
  async () => {
    const before = await served();
    const { laptop } = placesIn(lab.config.home);
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
  },
  120_000,
);

/** A disk of 32 MB; undefined where none may be mounted. */
function mountDisk(): string | undefined {
  const disk = mkdtempSync(join(tmpdir(), 'waybill-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=32m', 'tmpfs', disk], { stdio: 'pipe' });
    return disk;
  } catch {
    return undefined;
  }
}

const unmount = (disk: string) => void execFileSync('umount', ['--lazy', disk]);
const tried = mountDisk();
if (tried) unmount(tried);
const noDisk = tried ? '' : ' (skipped: no small disk may be mounted here)';
test.skipIf(!hasGit || noDisk !== '')(
  `a full disk: nothing has changed, and with room again the next one goes through${noDisk}`,
  async () => {
    const disk = mountDisk() ?? expect.fail();
    onTestFinished(() => unmount(disk));
    const before = lab;
    lab = await startLab({ WAYBILL_HOME: join(disk, 'home') });
    try {
      const rest = statfsSync(disk);
      writeFileSync(join(disk, 'others'), Buffer.alloc(rest.bsize * rest.bavail - 16_384));
      const full = await deploy(['--change', 'title']);
      expect(full).toMatchObject({ code: 1, isDone: false, release: null });
      expect(await served()).toBe('working tree');
      rmSync(join(disk, 'others'));
      expect(await deploy(['--change', 'title'])).toMatchObject({ code: 0, isDone: true });
      expect(await served()).toMatch(/^1-/);
    } finally {
      await lab.stop();
      lab = before;
    }
  },
  90_000,
);
