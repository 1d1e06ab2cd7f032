// The pipeline: started by the repository's hook when a commit is pushed (pre-receive: a commit that fails is not accepted), or by
// `npm run deploy -- --rollback`.
//
//   lock → undo an interrupted deployment → the steps (steps.ts), one after another → history → unlock
//                                     a step fails, or a signal comes, after `switch` → roll back ┘
//
// If it is killed, `npm run deploy` (--recover, at once) or the next `npm start` serves the release before again.

import { mkdirSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { deployment as spans } from '../../otel/contract/index.ts';
import * as names from '../../otel/contract/names.ts';
import { flush } from '../../otel/flush.ts';
import { inheritedContext } from '../../otel/propagation/environment.ts';
import { inSpan } from '../../otel/span.ts';
import { environment } from '../../runtime/config.ts';
import { log } from '../../runtime/log.ts';
import { LabError } from '../cli/command.ts';
import { readLabConfig } from '../config.ts';
import { BRANCH, git } from './git.ts';
import { appendHistory, listReleases, releaseBefore } from './history.ts';
import { readJournal, removeJournal, writeJournal } from './journal.ts';
import { acquireLock } from './lock.ts';
import { deployPaths } from './paths.ts';
import { clearReleases, servedRelease } from './releases.ts';
import { recover, rollBack } from './serve.ts';
import { DEPLOY, type Deployment, ROLL_BACK, type Step } from './steps.ts';
import { createTarget } from './target.ts';
import { createRunner, report, TaskFailure } from './tasks.ts';

const NO_COMMIT = /^0+$/;
/** With --to: no release at all. */
const WORKING_TREE = 'working-tree';

for (const output of [process.stdout, process.stderr]) output.on('error', () => {}); // the push may have ended; rolling back continues
process.exitCode = await main();
await flush().catch(() => {});
process.exit();

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { rollback: { type: 'boolean' }, recover: { type: 'boolean' }, to: { type: 'string' } },
  });
  const ended = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => ended.abort(new Error(`ended by ${signal}`)));
  }
  const { WAYBILL_DEPLOYMENT, WAYBILL_DEPLOY_TO } = environment;
  const config = readLabConfig();
  const paths = deployPaths(config.home);
  const target = createTarget(WAYBILL_DEPLOY_TO === 'compose' ? 'compose' : 'local', paths, config);
  const run = String(process.pid);
  const shared = { paths, target, config, signal: ended.signal, runner: createRunner(run, ended.signal) };
  let unlock: (() => void) | undefined;
  try {
    unlock = acquireLock(paths.pipelineLock);
    if (unlock === undefined) {
      throw new LabError(
        `Another deployment is under way (process ${readJournal(paths)?.pid}): wait until it has ended.`,
      );
    }
    mkdirSync(paths.releases, { recursive: true });
    const pushed = values.rollback || values.recover ? undefined : readPush(await text(process.stdin));
    const id = WAYBILL_DEPLOYMENT ?? `${run} ${Date.now()}`;
    await inRun(run, pushed, ended.signal, async (setRelease) => {
      await recover(run, paths, target);
      if (values.recover) return;
      const previous = servedRelease(paths);
      const wanted = pushed
        ? { commit: pushed.commit, release: `${await countCommits(pushed.commit)}-${pushed.commit.slice(0, 7)}` }
        : { commit: '', release: chooseRelease(previous, values.to) };
      setRelease(wanted.release ?? WORKING_TREE);
      await runSteps(pushed ? DEPLOY : ROLL_BACK, { ...shared, ...wanted, id, previous });
    });
    return 0;
  } catch (error) {
    const { message } = error as Error;
    if (!(error instanceof TaskFailure)) report(`✗ ${message}`);
    log.error(message);
    return 1;
  } finally {
    unlock?.();
  }

  function countCommits(commit: string): Promise<string> {
    return git(paths.repository, ['rev-list', '--count', commit]);
  }

  /** The release before `served`, or the one that is named; undefined: the working tree. */
  function chooseRelease(served: string | undefined, wanted: string | undefined): string | undefined {
    if (served === undefined && wanted === undefined) {
      throw new LabError('There is no release to roll back: the lab serves the working tree.');
    }
    if (wanted === WORKING_TREE) return undefined;
    const all = listReleases(paths);
    const release = wanted ?? releaseBefore(paths, served ?? '');
    if (release === undefined || all.includes(release)) return release;
    throw new LabError(`There is no release ${release}. Choose one of: ${[...all, WORKING_TREE].join(', ')}.`);
  }
}

/** Runs `steps` one after another. If one fails or a signal ends them, the release before is served again. */
async function runSteps(steps: readonly Step[], deployment: Deployment): Promise<void> {
  const { id, paths, target, release, previous, runner } = deployment;
  clearReleases(paths, [previous]);
  writeJournal(paths, {
    ...{ id, pid: process.pid, release: release ?? null, previous: previous ?? null },
    isSwitched: false,
  });
  try {
    for (const { name, type, run } of steps) await runner.task(name, type, (span) => run(deployment, span));
    appendHistory(paths, id, release ?? null);
  } catch (error) {
    if (readJournal(paths)?.isSwitched) await rollBack(String(process.pid), target, previous);
    throw error;
  } finally {
    clearReleases(paths, [servedRelease(paths), previous]);
    removeJournal(paths);
  }
}

/** Does `work` in the span of the run, which gets its result. */
function inRun(
  id: string,
  pushed: Push | undefined,
  signal: AbortSignal,
  work: (setRelease: (release: string) => void) => Promise<void>,
): Promise<void> {
  const action = pushed ? 'RUN' : 'ROLLBACK';
  const attributes = {
    [names.ATTR_CICD_PIPELINE_NAME]: 'deploy',
    [names.ATTR_CICD_PIPELINE_ACTION_NAME]: action,
    [names.ATTR_CICD_PIPELINE_RUN_ID]: id,
    ...(pushed && { [names.ATTR_VCS_REF_HEAD_REVISION]: pushed.commit }),
    ...(pushed && !NO_COMMIT.test(pushed.before) && { [names.ATTR_VCS_REF_BASE_REVISION]: pushed.before }),
  };
  return inSpan(spans.run, { words: { action }, parent: pushContext(), attributes }, async (span) => {
    const end = (result: string, status: string) =>
      span.setAttributes({ [names.ATTR_CICD_PIPELINE_RESULT]: result, [names.ATTR_DEPLOYMENT_STATUS]: status });
    try {
      await work((release) => span.setAttribute(names.ATTR_DEPLOYMENT_ID, release));
      end('success', 'succeeded');
    } catch (error) {
      end(signal.aborted ? 'cancellation' : error instanceof TaskFailure ? 'failure' : 'error', 'failed');
      throw error;
    }
  });
}

/** The context of the push, by its option `traceparent=…`; of the parent process, where there is none. */
function pushContext() {
  const count = Number(environment.GIT_PUSH_OPTION_COUNT ?? 0);
  for (let index = 0; index < count; index++) {
    const [, traceparent] = /^traceparent=(.+)$/.exec(environment[`GIT_PUSH_OPTION_${index}`] ?? '') ?? [];
    if (traceparent !== undefined) return inheritedContext({ TRACEPARENT: traceparent });
  }
  return inheritedContext(environment);
}

type Push = { commit: string; before: string };

/** What is pushed, of a hook's lines `old new ref`. Throws a LabError for anything but a commit on the branch. */
function readPush(lines: string): Push {
  const [[before = '', commit = '', ref = ''] = [], ...others] = lines
    .trim()
    .split('\n')
    .map((line) => line.split(' '));
  if (others.length === 0 && ref === `refs/heads/${BRANCH}` && !NO_COMMIT.test(commit)) return { before, commit };
  throw new LabError(`The pipeline accepts pushes to ${BRANCH} only.`);
}
