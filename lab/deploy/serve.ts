// Has the lab serve a release, or the working tree: rolls back a failed or an interrupted deployment.

import { log } from '../../runtime/log.ts';
import { isCompleted } from './history.ts';
import { readJournal, removeJournal } from './journal.ts';
import type { DeployPaths } from './paths.ts';
import { clearReleases, servedRelease } from './releases.ts';
import { releasesServed, replaceWorkers, untilAllServe } from './site.ts';
import type { Target } from './target.ts';
import { createRunner, type Runner, report } from './tasks.ts';

/** How often workers are replaced on the way back. */
const MAX_TRIES = 4;

type With = { runner: Runner; signal: AbortSignal };

/** Has every worker serve `release`, or with undefined the working tree. Throws when one does not. */
export async function serve(target: Target, release: string | undefined, { runner, signal }: With): Promise<void> {
  await target.pointTo(release);
  const variables = { WAYBILL_STATIC_NAMES: 'all', OTEL_SDK_DISABLED: 'true' };
  await target.run('collectstatic.ts', release, variables, runner);
  // The gateway gives up at the first worker that does not come up in time; the others must be replaced as well.
  for (let tries = 0; tries < MAX_TRIES && (await isOtherServed(target, release)); tries++) {
    await replaceWorkers(target, signal).catch((error) => log.warn(error));
  }
  await untilAllServe(release ?? null, target, signal);
}

/** The task `roll back`, which no signal ends: `previous` is served again. Throws a TaskFailure when it is not. */
export async function rollBack(id: string, target: Target, previous: string | undefined): Promise<void> {
  const { signal } = new AbortController();
  const runner = createRunner(id, signal);
  await runner.task('roll back', 'deploy', async () => {
    await serve(target, previous, { runner, signal });
    return `current → ${previous ?? 'the working tree'}`;
  });
}

/** Undoes an interrupted deployment, if there is one. Called with the pipeline's lock; `id` is the run that does it. */
export async function recover(id: string, paths: DeployPaths, target: Target): Promise<void> {
  const left = readJournal(paths);
  if (left?.isSwitched && !isCompleted(paths, left.id)) {
    const previous = left.previous ?? undefined;
    const name = left.release ?? 'the working tree';
    report(`· the deployment of ${name} was interrupted: ${previous ?? 'the working tree'} is served again`);
    await rollBack(id, target, previous).catch((error) => log.error(error)); // reported already; the next deployment tries again
  }
  clearReleases(paths, [servedRelease(paths)]);
  removeJournal(paths);
}

async function isOtherServed(target: Target, release: string | undefined): Promise<boolean> {
  return (await releasesServed(target)).some((each) => each !== (release ?? null));
}
