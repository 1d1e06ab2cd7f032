// What `npm start` does with earlier deployments before it starts a process: undoes an interrupted one, points the links of releases
// and the hook to this checkout, which may have moved, and serves the working tree if the release cannot run.

import { join } from 'node:path';
import { SITE } from '../../services/app/release.ts';
import { findSiteError, sandboxFolder } from '../runner/sandbox.ts';
import { isCompleted } from './history.ts';
import { writeHook } from './hook.ts';
import { readJournal, removeJournal } from './journal.ts';
import { acquireLock } from './lock.ts';
import { type DeployPaths, releaseFolder } from './paths.ts';
import { linkReleases, pointTo, servedRelease } from './releases.ts';

/** The release that is served (undefined: the working tree), and warnings. */
export type StartedRelease = { release: string | undefined; warnings: string[] };

/**
 * Prepares what was deployed for a start; `variables` are the lab's, for the hook.
 * Throws a LabError when the configuration of the site is wrong.
 */
export async function prepareRelease(paths: DeployPaths, variables: Record<string, string>): Promise<StartedRelease> {
  const warnings: string[] = [];
  const unlock = acquireLock(paths.pipelineLock);
  if (unlock === undefined) return { release: servedRelease(paths), warnings }; // a deployment is under way
  try {
    const left = readJournal(paths);
    if (left?.isSwitched && !isCompleted(paths, left.id)) {
      pointTo(paths, left.previous ?? undefined);
      const before = left.previous ?? 'the working tree';
      warnings.push(`The deployment of ${left.release ?? 'the working tree'} was interrupted: ${before} is served.`);
    }
    removeJournal(paths);
    linkReleases(paths);
    writeHook(paths, variables);
    const release = servedRelease(paths);
    const problem =
      release && (await findSiteError(sandboxFolder(paths.home), join(releaseFolder(paths, release), SITE)));
    if (!problem) return { release, warnings };
    pointTo(paths, undefined);
    warnings.push(
      `Release ${release} cannot run (${problem}): the working tree is served. npm run deploy makes a new release.`,
    );
    return { release: undefined, warnings };
  } finally {
    unlock();
  }
}
