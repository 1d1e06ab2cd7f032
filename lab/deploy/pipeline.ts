// The pipeline: started by the repository's hook when something is pushed (pre-receive: what fails is not taken), or by
// `npm run deploy -- --rollback`.
//
//   checkout → install → lint → test → build → collectstatic → migrate → switch → replace workers → check health → first visit
//                                                                        └───────── where one of these fails: roll back ┘
//
// Whatever ends it, before the switch nothing has changed for the site, and after it the release before is put back; if it
// is killed, by the next that comes (places.ts, recover).

import { mkdirSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { execPath } from 'node:process';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { context } from '@opentelemetry/api';
import { deployment } from '../../otel/contract/index.ts';
import * as names from '../../otel/contract/names.ts';
import { flush } from '../../otel/flush.ts';
import { contextVariables, inheritedContext } from '../../otel/propagation/environment.ts';
import { inSpan } from '../../otel/span.ts';
import { log } from '../../runtime/log.ts';
import { SITE } from '../../services/app/release.ts';
import { LabError } from '../command.ts';
import { type LabConfig, readLabConfig } from '../config.ts';
import { BRANCH, git } from './git.ts';
import { type Ground, groundOf, SHARED } from './ground.ts';
import {
  claim,
  clearReleases,
  letGo,
  listReleases,
  note,
  type Places,
  partialFolder,
  placesIn,
  recover,
  servedRelease,
} from './places.ts';
import { createRunner, type Runner, say, TaskFailure } from './runner.ts';
import { checkPages, doesAnyServeOther, firstVisit, replaceWorkers, untilAllServe } from './site.ts';
import { testSite } from './site-tests.ts';

const ROOT = join(import.meta.dirname, '../..');
/** How often workers are replaced on the way back. */
const MOST_TRIES = 4;
/** What only the pipeline itself needs of the lab. */
const TOOLS = ['biome.json', 'tsconfig.json'];
const NONE = /^0+$/;
/** With --to: no release at all. */
const WORKING_TREE = 'working-tree';

type Push = { commit: string; before: string };
type Run = { id: string; places: Places; ground: Ground; config: LabConfig; runner: Runner; signal: AbortSignal };

for (const output of [process.stdout, process.stderr]) output.on('error', () => {}); // who pushed is gone: the way back is gone all the same
process.exitCode = await main();
await flush().catch(() => {});
process.exit();

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { rollback: { type: 'boolean' }, to: { type: 'string' } } });
  const ended = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => ended.abort(new Error(`ended by ${signal}`)));
  }
  const config = readLabConfig(process.env);
  const places = placesIn(resolve(config.home));
  const run: Run = {
    id: String(process.pid),
    places,
    ground: groundOf(process.env.WAYBILL_DEPLOY_TO === 'compose' ? 'compose' : 'here', places, config),
    config,
    runner: createRunner(String(process.pid), ended.signal),
    signal: ended.signal,
  };
  try {
    if (values.rollback) {
      await inRun(run, 'ROLLBACK', {}, (tell) => backTo(run, values.to, tell));
      return 0;
    }
    const push = readPush(await text(process.stdin));
    if (push === undefined) throw new LabError(`The pipeline takes pushes to ${BRANCH}, and nothing else.`);
    const revisions = {
      [names.ATTR_VCS_REF_HEAD_REVISION]: push.commit,
      ...(!NONE.test(push.before) && { [names.ATTR_VCS_REF_BASE_REVISION]: push.before }),
    };
    await inRun(run, 'RUN', revisions, (tell) => deploy(run, push, tell));
    return 0;
  } catch (error) {
    const { message } = error as Error;
    if (!(error instanceof TaskFailure)) say(`✗ ${message}`);
    log.error(message);
    return 1;
  }
}

/** Does `step` in the span of the run, which says how it ended. */
function inRun(
  { id }: Run,
  action: 'RUN' | 'ROLLBACK',
  revisions: Record<string, string>,
  step: (tellRelease: (release: string) => void) => Promise<void>,
): Promise<void> {
  const attributes = {
    [names.ATTR_CICD_PIPELINE_NAME]: 'deploy',
    [names.ATTR_CICD_PIPELINE_ACTION_NAME]: action,
    [names.ATTR_CICD_PIPELINE_RUN_ID]: id,
    ...revisions,
  };
  return inSpan(deployment.run, { words: { action }, parent: pushContext(), attributes }, async (span) => {
    try {
      await step((release) => span.setAttribute(names.ATTR_DEPLOYMENT_ID, release));
      span.setAttributes({
        [names.ATTR_CICD_PIPELINE_RESULT]: 'success',
        [names.ATTR_DEPLOYMENT_STATUS]: 'succeeded',
      });
    } catch (error) {
      const isCancelled = /^ended by /.test((error as Error).message);
      const isFailure = error instanceof TaskFailure;
      span.setAttributes({
        [names.ATTR_CICD_PIPELINE_RESULT]: isCancelled ? 'cancellation' : isFailure ? 'failure' : 'error',
        [names.ATTR_DEPLOYMENT_STATUS]: 'failed',
      });
      throw error;
    }
  });
}

/** The context of the push, by its option `traceparent=…`; of the parent process, where there is none. */
function pushContext() {
  const count = Number(process.env.GIT_PUSH_OPTION_COUNT ?? 0);
  for (let index = 0; index < count; index++) {
    const [, traceparent] = /^traceparent=(.+)$/.exec(process.env[`GIT_PUSH_OPTION_${index}`] ?? '') ?? [];
    if (traceparent !== undefined) return inheritedContext({ TRACEPARENT: traceparent });
  }
  return inheritedContext(process.env);
}

/** What is pushed to the branch, of a hook's lines `old new ref`; undefined when that is something else. */
function readPush(lines: string): Push | undefined {
  const pushed = lines
    .trim()
    .split('\n')
    .map((line) => line.split(' '));
  const [[before = '', commit = '', ref = ''] = []] = pushed;
  return pushed.length === 1 && ref === `refs/heads/${BRANCH}` && !NONE.test(commit) ? { before, commit } : undefined;
}

async function deploy(run: Run, { commit }: Push, tellRelease: (release: string) => void): Promise<void> {
  const { places, ground, config, runner, signal } = run;
  const { task, command } = runner;
  const number = await git(places.repository, 'rev-list', '--count', commit);
  const release = `${number}-${commit.slice(0, 7)}`;
  tellRelease(release);
  const previous = await begin(run, release);
  const partial = partialFolder(places, release);
  const folder = join(places.releases, release);
  try {
    await task('checkout', 'build', () => checkOut(places, partial, commit));
    await task('install', 'build', () => install(partial));
    await task('lint', 'test', () => lint(partial, runner));
    await task('test', 'test', () => testSite(partial, runner));
    await task('build', 'build', async () => {
      await command(execPath, [join(ROOT, 'services/app/check.ts')], {
        env: { WAYBILL_SITE: join(partial, SITE) },
      });
      rmSync(folder, { recursive: true, force: true }); // of a run that was ended after this
      renameSync(partial, folder);
      await ground.deliver(release);
      return release;
    });
    await task('collectstatic', 'deploy', () => collectStatic(ground, release, 'hashed', runner));
    await task('migrate', 'deploy', () => migrate(ground, release, runner));
    try {
      await task('switch', 'deploy', async () => {
        note(places, { pid: process.pid, release, previous: previous ?? null, isSwitched: true });
        await ground.pointTo(release);
        await collectStatic(ground, release, 'all', runner);
        return `current → ${release}`;
      });
      await task('replace workers', 'deploy', async () => `${await replaceWorkers(ground)} are new, one after another`);
      await task('check health', 'test', async () =>
        checkPages(release, await untilAllServe(release, ground), config, signal),
      );
      await task('first visit', 'deploy', async (span) => {
        const { TRACEPARENT } = contextVariables(context.active());
        const traceId = await firstVisit(release, TRACEPARENT, config);
        span.setAttribute(names.ATTR_VISIT_TRACE, traceId);
        return `${config.visitorUrl}/traces/${traceId}`;
      });
    } catch (error) {
      await rollBack(run, previous);
      throw error;
    }
    clearReleases(places, [release, previous]);
  } finally {
    rmSync(partial, { recursive: true, force: true });
    if (servedRelease(places) !== release) rmSync(folder, { recursive: true, force: true });
    letGo(places);
  }
}

/** Puts an earlier release back: the one before the one that is served, or the one that is named. */
async function backTo(run: Run, wanted: string | undefined, tellRelease: (release: string) => void): Promise<void> {
  const { places, ground, config, runner, signal } = run;
  const served = servedRelease(places);
  const all = listReleases(places);
  const before = served === undefined ? undefined : all[all.indexOf(served) - 1];
  const release = wanted === WORKING_TREE ? undefined : (wanted ?? before);
  if (served === undefined) throw new LabError('There is no release to go back from: the lab serves the working tree.');
  if (release !== undefined && !all.includes(release)) {
    throw new LabError(`There is no release ${release}. There are: ${[...all, WORKING_TREE].join(', ')}.`);
  }
  tellRelease(release ?? WORKING_TREE);
  await begin(run, release ?? WORKING_TREE);
  try {
    await runner.task('roll back', 'deploy', async () => {
      note(places, { pid: process.pid, release: release ?? WORKING_TREE, previous: served, isSwitched: true });
      await serve(run, release, runner);
      return `current → ${release ?? 'the working tree'}`;
    });
    if (release !== undefined) {
      await runner.task('check health', 'test', async () =>
        checkPages(release, await untilAllServe(release, ground), config, signal),
      );
    }
  } catch (error) {
    await rollBack(run, served);
    throw error;
  } finally {
    letGo(places);
  }
}

/** Claims the site for this run; gives the release that is served. Throws a LabError when another run has it. */
async function begin(run: Run, release: string): Promise<string | undefined> {
  const { places } = run;
  const left = recover(places);
  if (left?.isSwitched) {
    say(
      `· the deployment of ${left.release} was ended in the middle: ${left.previous ?? 'the working tree'} is put back`,
    );
    await serve(run, left.previous ?? undefined, run.runner);
  }
  mkdirSync(places.releases, { recursive: true });
  const previous = servedRelease(places);
  clearReleases(places, [previous]);
  const token = Number(process.env.WAYBILL_DEPLOYMENT);
  claim(places, { pid: process.pid, release, previous: previous ?? null, isSwitched: false }, token);
  return previous;
}

/** The way back, which nothing but its own failure ends. */
async function rollBack(run: Run, previous: string | undefined): Promise<void> {
  const runner = createRunner(run.id, new AbortController().signal);
  await runner.task('roll back', 'deploy', async () => {
    await serve(run, previous, runner);
    return `current → ${previous ?? 'the working tree'}`;
  });
}

/** Has every worker serve `release`, or with undefined the site that the lab came with. */
async function serve({ ground }: Run, release: string | undefined, runner: Runner): Promise<void> {
  await ground.pointTo(release);
  await collectStatic(ground, release, 'all', runner);
  // The gateway gives up with the first worker that does not come back in time; the others are to follow all the same.
  for (let tries = 0; tries < MOST_TRIES && (await doesAnyServeOther(release ?? null, ground)); tries++) {
    await replaceWorkers(ground).catch((error) => log.warn(error));
  }
  await untilAllServe(release ?? null, ground);
}

async function checkOut({ repository }: Places, partial: string, commit: string): Promise<string> {
  const site = join(partial, SITE);
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(site, { recursive: true });
  await git(repository, `--work-tree=${site}`, 'checkout', '--force', commit, '--', '.');
  return `${readdirSync(site, { recursive: true }).length} files and folders of ${commit.slice(0, 7)}`;
}

/** Nothing is fetched: what the site needs is what the lab runs on. */
function install(partial: string): string {
  const own = readdirSync(join(ROOT, 'services/app')).filter((name) => name !== 'site');
  for (const name of [...SHARED, ...TOOLS, ...own.map((each) => `services/app/${each}`)]) {
    symlinkSync(join(ROOT, name), join(partial, name));
  }
  return `the framework and ${SHARED.length} folders and files that it needs, linked`;
}

async function lint(partial: string, { command }: Runner): Promise<string> {
  const biome = join(ROOT, 'node_modules/@biomejs/biome/bin/biome');
  await command(execPath, [biome, 'lint', '--vcs-enabled=false', SITE], { cwd: partial });
  return 'no complaint';
}

async function collectStatic(
  ground: Ground,
  release: string | undefined,
  staticNames: 'hashed' | 'all',
  runner: Runner,
): Promise<string> {
  return ground.run(
    'collectstatic.ts',
    release,
    { WAYBILL_STATIC_NAMES: staticNames, OTEL_SDK_DISABLED: 'true' },
    runner,
  );
}

async function migrate(ground: Ground, release: string, runner: Runner): Promise<string> {
  return ground.run('migrate.ts', release, { OTEL_SERVICE_NAME: 'app' }, runner);
}
