// Where a deployment begins: the change is made, committed and pushed to the repository, whose hook is the pipeline.
// A process of its own, so that it can be traced; started by `npm run deploy` (lab/commands/deploy.ts), to which it sends its
// result. A deployment is done when the pipeline has completed it (history.ts), not when git has accepted the push; what is served
// is what the workers report.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { context, type Span } from '@opentelemetry/api';
import { deployment } from '../../otel/contract/index.ts';
import * as names from '../../otel/contract/names.ts';
import { addSpanEvent } from '../../otel/event.ts';
import { flush } from '../../otel/flush.ts';
import { contextVariables } from '../../otel/propagation/environment.ts';
import { failSpan, inSpan } from '../../otel/span.ts';
import { environment } from '../../runtime/config.ts';
import { groupOptions, signalGroup } from '../../runtime/platform/end-process.ts';
import { isWindows } from '../../runtime/platform/system.ts';
import { programArguments } from '../../runtime/program.ts';
import { SITE } from '../../services/app/release.ts';
import { LabError } from '../cli/command.ts';
import { readLabConfig } from '../config.ts';
import { CHANGES, type ChangeName } from './changes.ts';
import {
  BRANCH,
  commitSite,
  git,
  gitEnvironment,
  hookProblem,
  prepareRepository,
  readTip,
  resetBranch,
} from './git.ts';
import { isCompleted } from './history.ts';
import { pipelineVariables, writeHook } from './hook.ts';
import { readJournal } from './journal.ts';
import { acquireLock } from './lock.ts';
import { deployPaths } from './paths.ts';
import { servedRelease } from './releases.ts';
import { releasesServed } from './site.ts';
import { createTarget } from './target.ts';

/** How a deployment ended; `release` is what is served now, null for the working tree. */
export type DeployResult = { traceId: string; isDone: boolean; release: string | null; message?: string };

const PIPELINE = programArguments('lab/deploy/pipeline.ts', true);
const POLL_MS = 50;

const { values } = parseArgs({
  options: { change: { type: 'string' }, rollback: { type: 'boolean' }, to: { type: 'string' } },
});
const config = readLabConfig();
const paths = deployPaths(config.home);
const target = createTarget(environment.WAYBILL_DEPLOY_TO === 'compose' ? 'compose' : 'local', paths, config);
const ended = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => ended.abort(new LabError(`Ended by ${signal}.`)));
}
for (const output of [process.stdout, process.stderr]) output.on('error', () => {}); // the terminal may be gone

const what = values.rollback ? 'rollback' : (values.change ?? 'working tree');
const attributes = { [names.ATTR_VCS_REF_HEAD_NAME]: BRANCH };
await inSpan(deployment.deploy, { words: { change: what }, attributes }, async (span) => {
  const { traceId } = span.spanContext();
  let message = '';
  try {
    const unlock = acquireLock(paths.cloneLock);
    if (unlock === undefined) throw new LabError('Another deployment is under way: wait until it has ended.');
    if (values.rollback) message = await rollBack(traceId);
    else message = await pushChange(span, traceId, values.change as ChangeName | undefined);
    await recoverInterrupted();
  } catch (error) {
    const { code, message: reason } = error as NodeJS.ErrnoException;
    if (!(error instanceof LabError) && code === undefined) throw error; // with a code: of the system, as a full disk
    message = reason;
  }
  const isDone = isCompleted(paths, traceId);
  if (!isDone) failSpan(span, values.rollback ? 'not_rolled_back' : 'not_deployed');
  const { release, problem } = await readServed();
  if (!isDone && message === '' && ended.signal.aborted) message = (ended.signal.reason as Error).message;
  const text = [isDone ? '' : message, problem].filter(Boolean).join(' ');
  const result: DeployResult = { traceId, isDone, release, ...(text && { message: text }) };
  if (process.connected) process.send?.(result);
});
await flush().catch(() => {});
process.exit();

/** Commits and pushes; resolves with why it was not deployed, unless the pipeline has reported that. */
async function pushChange(
  span: Pick<Span, 'isRecording' | 'addEvent' | 'setAttribute'>,
  id: string,
  name: ChangeName | undefined,
): Promise<string> {
  const change = name && CHANGES[name];
  const title = change?.title ?? 'The site of the working tree';
  await prepareRepository(paths);
  writeHook(paths, pipelineVariables(environment));
  const tip = await readTip(paths);
  const edition = Number(await git(paths.repository, ['rev-list', '--count', '--all'])) + 1;
  const commit = await commitSite(paths, join(config.sandbox, SITE), tip, title, (site) => change?.make(site, edition));
  addSpanEvent(span as Span, 'committed', { [names.ATTR_VCS_REF_HEAD_REVISION]: commit });
  span.setAttribute(names.ATTR_VCS_REF_HEAD_REVISION, commit);
  console.log(`✓ ${'git commit'.padEnd(16)}          ${commit.slice(0, 7)} ${title}`);
  const attributes = {
    [names.ATTR_VCS_REF_HEAD_NAME]: BRANCH,
    [names.ATTR_VCS_REF_HEAD_REVISION]: commit,
    [names.ATTR_VCS_REPOSITORY_URL_FULL]: pathToFileURL(paths.repository).href,
  };
  return inSpan(deployment.push, { attributes }, async (pushSpan) => {
    const { TRACEPARENT } = contextVariables(context.active());
    const option = TRACEPARENT === undefined ? [] : [`--push-option=traceparent=${TRACEPARENT}`];
    const args = ['push', '--quiet', ...option, 'origin', BRANCH];
    const { code, errors } = await follow('git', args, id, { cwd: paths.clone, env: gitEnvironment() });
    if (isCompleted(paths, id)) return '';
    failSpan(pushSpan, 'rejected');
    if (code !== 0) return errors && `The pipeline ended without a report (${errors.split('\n', 1)[0]}).`;
    await resetBranch(paths, tip);
    return `git accepted the commit without running the pipeline, so the commit was removed again. ${hookProblem(paths)}`;
  });
}

async function rollBack(id: string): Promise<string> {
  const to = values.to === undefined ? [] : ['--to', values.to];
  return (await runPipeline(['--rollback', ...to], id)).errors;
}

/** Waits until the pipeline has ended, which may outlive git; if it was killed, has the release before served again at once. */
async function recoverInterrupted(): Promise<void> {
  for (;;) {
    const unlock = acquireLock(paths.pipelineLock);
    unlock?.();
    if (unlock) break;
    await delay(POLL_MS);
  }
  if (readJournal(paths)) await runPipeline(['--recover'], 'recover');
}

function runPipeline(args: string[], id: string) {
  const env = { ...environment, OTEL_SERVICE_NAME: 'pipeline', ...contextVariables(context.active()) };
  return follow(execPath, [...PIPELINE, ...args], id, { cwd: process.cwd(), env });
}

type Options = { cwd: string; env: NodeJS.ProcessEnv };

/**
 * Runs a program for the deployment `id` and shows what the pipeline reports; resolves with its exit code, and with what else it
 * printed if the pipeline reported no failure. In a group of its own: Ctrl-C would end git, and with it the pipeline's reports.
 */
async function follow(program: string, args: string[], id: string, { cwd, env }: Options) {
  if (id !== 'recover') ended.signal.throwIfAborted();
  const stdio: ['ignore', 'ignore', 'pipe'] = ['ignore', 'ignore', 'pipe'];
  const child = spawn(program, args, { cwd, env: { ...env, WAYBILL_DEPLOYMENT: id }, stdio, ...groupOptions() });
  const end = () => interrupt(child);
  if (id !== 'recover') ended.signal.addEventListener('abort', end);
  let rest = '';
  let errors = '';
  let hasReported = false;
  child.stderr.on('data', (chunk) => {
    const lines = `${rest}${chunk}`.split(/[\r\n]+/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [, text = line] = /^remote: (.*?)\s*$/.exec(line) ?? [];
      const isReport = /^[✓✗·]/.test(text);
      if (isReport) console.log(text);
      else errors += `${text}\n`;
      hasReported ||= text.startsWith('✗');
    }
  });
  const [code] = (await once(child, 'close')) as [number | null];
  ended.signal.removeEventListener('abort', end);
  return { code, errors: hasReported ? '' : errors.trim() };
}

/** Ends the pipeline with SIGINT; before it has begun, git and all processes that git has started. */
function interrupt({ pid = 0 }: ChildProcess): void {
  const unlock = acquireLock(paths.pipelineLock);
  unlock?.();
  const pipeline = unlock ? undefined : readJournal(paths)?.pid;
  if (pipeline === undefined || isWindows()) signalGroup(pid, 'SIGINT');
  else {
    try {
      process.kill(pipeline, 'SIGINT');
    } catch {} // it has just ended
  }
}

/** What the workers serve; what they should serve where they do not answer, or serve different releases. */
async function readServed(): Promise<{ release: string | null; problem?: string }> {
  const served = await releasesServed(target).catch(() => []);
  const [only, other] = served;
  if (only !== undefined && other === undefined) return { release: only };
  const release = servedRelease(paths) ?? null;
  if (other === undefined) return { release };
  const list = served.map((each) => each ?? 'the working tree').join(', ');
  return { release, problem: `The workers serve different releases (${list}): see the log of the gateway.` };
}
