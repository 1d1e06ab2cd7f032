// All completed deployments: the release has passed the health check and was visited. Interrupted and failed ones are not in it.
// `--rollback` chooses from it, and `npm run deploy` reads in it whether a push was deployed.

import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { type DeployPaths, releaseFolder } from './paths.ts';

/** A completed deployment; release null is the working tree, `at` an ISO 8601 time. */
export type CompletedDeployment = { at: string; id: string; release: string | null };

/** All completed deployments, in order of time; an incomplete line (a full disk, a kill) is skipped. */
export function readHistory({ history }: DeployPaths): CompletedDeployment[] {
  if (!existsSync(history)) return [];
  return readFileSync(history, 'utf8')
    .split('\n')
    .flatMap((line) => {
      try {
        return [JSON.parse(line) as CompletedDeployment];
      } catch {
        return [];
      }
    });
}

/** Writes that deployment `id` has been completed: `release` is served (null: the working tree). */
export function appendHistory({ history }: DeployPaths, id: string, release: string | null): void {
  const entry: CompletedDeployment = { at: new Date().toISOString(), id, release };
  appendFileSync(history, `\n${JSON.stringify(entry)}\n`);
}

/** Whether deployment `id` was completed. */
export function isCompleted(paths: DeployPaths, id: string): boolean {
  return readHistory(paths).some((entry) => entry.id === id);
}

/** The releases that can be served again: completed, and still on the disk; the last deployed is last. */
export function listReleases(paths: DeployPaths): string[] {
  const releases = readHistory(paths).flatMap(({ release }) => release ?? []);
  return [...new Set(releases.reverse())].reverse().filter((each) => existsSync(releaseFolder(paths, each)));
}

/**
 * The release that was served before `served`; undefined: the working tree. A release that was left by a rollback is passed
 * over: after deploying 1, 2, rolling back to 1 and deploying 3, the one before 3 is 1.
 */
export function releaseBefore(paths: DeployPaths, served: string): string | undefined {
  const stack: string[] = [];
  for (const { release } of readHistory(paths)) {
    if (release === null) stack.length = 0;
    else if (stack.includes(release)) stack.length = stack.indexOf(release) + 1;
    else stack.push(release);
  }
  const older = stack.slice(0, stack.includes(served) ? stack.indexOf(served) : stack.length);
  return older.findLast((each) => existsSync(releaseFolder(paths, each)));
}
