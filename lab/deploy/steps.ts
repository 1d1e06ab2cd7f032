// The steps of the pipeline, in their order, and what each does. Until `switch` nothing has changed for the site.

import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { context } from '@opentelemetry/api';
import * as names from '../../otel/contract/names.ts';
import { contextVariables } from '../../otel/propagation/environment.ts';
import { programArguments, ROOT } from '../../runtime/program.ts';
import { SITE } from '../../services/app/release.ts';
import type { LabConfig } from '../config.ts';
import { git } from './git.ts';
import { writeJournal } from './journal.ts';
import { type DeployPaths, releaseFolder } from './paths.ts';
import { linkFramework, SHARED } from './releases.ts';
import { serve } from './serve.ts';
import { checkPages, firstVisit, replaceWorkers, untilAllServe } from './site.ts';
import { testSite } from './site-tests.ts';
import type { Target } from './target.ts';
import type { Runner, TaskSpan, TaskType } from './tasks.ts';

/** One deployment: `release` is made of `commit` and replaces `previous`; undefined is the working tree. */
export type Deployment = {
  id: string;
  paths: DeployPaths;
  target: Target;
  config: LabConfig;
  runner: Runner;
  /** Aborts when the deployment is to end. */
  signal: AbortSignal;
  release: string | undefined;
  commit: string;
  previous: string | undefined;
};

/** A step; `run` resolves with a short result. */
export type Step = {
  name: string;
  type: TaskType;
  run: (deployment: Deployment, span: TaskSpan) => Promise<string> | string;
};

const CHECK_HEALTH: Step = { name: 'check health', type: 'test', run: checkHealth };

export const DEPLOY: readonly Step[] = [
  { name: 'checkout', type: 'build', run: checkOut },
  { name: 'install', type: 'build', run: install },
  { name: 'lint', type: 'test', run: lint },
  { name: 'test', type: 'test', run: (deployment) => testSite(partialFolder(deployment), deployment.runner) },
  { name: 'build', type: 'build', run: build },
  { name: 'collectstatic', type: 'deploy', run: collectStatic },
  { name: 'migrate', type: 'deploy', run: migrate },
  { name: 'switch', type: 'deploy', run: switchRelease },
  { name: 'replace workers', type: 'deploy', run: replaceAll },
  CHECK_HEALTH,
  { name: 'first visit', type: 'deploy', run: visit },
];

/** Serves an earlier release, or the working tree. */
export const ROLL_BACK: readonly Step[] = [{ name: 'roll back', type: 'deploy', run: putBack }, CHECK_HEALTH];

async function checkOut(deployment: Deployment): Promise<string> {
  const { paths, commit } = deployment;
  const site = join(partialFolder(deployment), SITE);
  rmSync(partialFolder(deployment), { recursive: true, force: true });
  mkdirSync(site, { recursive: true });
  const index = join(partialFolder(deployment), 'index');
  await git(paths.repository, [`--work-tree=${site}`, 'checkout', '--force', commit, '--', '.'], {
    GIT_INDEX_FILE: index,
  });
  rmSync(index);
  return `${readdirSync(site, { recursive: true }).length} files and folders of ${commit.slice(0, 7)}`;
}

/** Nothing is downloaded: the site needs what the lab runs on. */
function install(deployment: Deployment): string {
  linkFramework(partialFolder(deployment));
  return `the framework and ${SHARED.length} folders and files that it needs, linked`;
}

async function lint(deployment: Deployment): Promise<string> {
  const biome = join(ROOT, 'node_modules/@biomejs/biome/bin/biome');
  if (!existsSync(biome)) return 'not checked: the package has no linter';
  const options = { cwd: partialFolder(deployment) };
  await deployment.runner.command(execPath, [biome, 'lint', '--vcs-enabled=false', SITE], options);
  return 'no errors';
}

async function build(deployment: Deployment): Promise<string> {
  const { paths, target, runner } = deployment;
  const release = releaseNameOf(deployment);
  const partial = partialFolder(deployment);
  const folder = releaseFolder(paths, release);
  await runner.command(execPath, programArguments('services/app/check.ts', false), {
    env: { WAYBILL_SITE: join(partial, SITE) },
  });
  rmSync(folder, { recursive: true, force: true });
  renameSync(partial, folder);
  await target.deliver(release);
  return release;
}

/** Hashed names only: the files of the release that is served stay unchanged. */
function collectStatic({ target, release, runner }: Deployment): Promise<string> {
  const variables = { WAYBILL_STATIC_NAMES: 'hashed', OTEL_SDK_DISABLED: 'true' };
  return target.run('collectstatic.ts', release, variables, runner);
}

function migrate({ target, release, runner }: Deployment): Promise<string> {
  return target.run('migrate.ts', release, { OTEL_SERVICE_NAME: 'app' }, runner);
}

async function switchRelease(deployment: Deployment): Promise<string> {
  writeSwitch(deployment);
  await deployment.target.pointTo(deployment.release);
  const variables = { WAYBILL_STATIC_NAMES: 'all', OTEL_SDK_DISABLED: 'true' };
  await deployment.target.run('collectstatic.ts', deployment.release, variables, deployment.runner);
  return `current → ${deployment.release}`;
}

async function replaceAll({ target, signal }: Deployment): Promise<string> {
  return `${await replaceWorkers(target, signal)} workers replaced, one after another`;
}

async function putBack(deployment: Deployment): Promise<string> {
  writeSwitch(deployment);
  await serve(deployment.target, deployment.release, deployment);
  return `current → ${deployment.release ?? 'the working tree'}`;
}

async function checkHealth({ target, release, config, signal }: Deployment): Promise<string> {
  const workers = await untilAllServe(release ?? null, target, signal);
  if (release === undefined) return `${workers} workers serve the working tree`;
  return checkPages(release, workers, config, signal);
}

async function visit(deployment: Deployment, span: TaskSpan): Promise<string> {
  const { TRACEPARENT } = contextVariables(context.active());
  const traceId = await firstVisit(releaseNameOf(deployment), TRACEPARENT, deployment.config);
  span.setAttribute(names.ATTR_VISIT_TRACE, traceId);
  return `${deployment.config.visitorUrl}/traces/${traceId}`;
}

/** From now on workers may serve the release: if the deployment is interrupted, the next process has `previous` served again. */
function writeSwitch({ paths, id, release, previous }: Deployment): void {
  writeJournal(paths, { id, pid: process.pid, release: release ?? null, previous: previous ?? null, isSwitched: true });
}

function partialFolder(deployment: Deployment): string {
  return releaseFolder(deployment.paths, releaseNameOf(deployment), '.partial');
}

function releaseNameOf({ release }: Deployment): string {
  if (release === undefined) throw new Error('the working tree is not a release');
  return release;
}
