// Where a deployment keeps its files, all in the lab's home. No path in them leads out of the home but the links of a release
// and the hook of the repository, which every start writes anew (start.ts): a home may be moved or copied.
//
//   site.git/            the repository: branch main is the last commit that the pipeline accepted
//   clone/               a clone of it, where a change is made and committed
//   releases/12-3f9a61c/ a release: the site as it was at that commit, and links to the framework it runs on
//   releases/current     a link to the release that is served; without it, the working tree is
//   deployments.jsonl    every deployment that was completed, in order of time (history.ts)
//   deployment.json      while one is under way: what to go back to (journal.ts)
//   *.lock               held by the process that deploys (lock.ts)

import { join, resolve } from 'node:path';
import { CURRENT, RELEASES } from '../../services/app/release.ts';

export type DeployPaths = ReturnType<typeof deployPaths>;

/** The paths in `home`. */
export function deployPaths(home: string) {
  const inHome = (...path: string[]) => resolve(home, ...path);
  return {
    home: inHome(),
    repository: inHome('site.git'),
    clone: inHome('clone'),
    releases: inHome(RELEASES),
    current: inHome(RELEASES, CURRENT),
    history: inHome('deployments.jsonl'),
    journal: inHome('deployment.json'),
    /** Held by `npm run deploy`, which writes in the clone; and by the pipeline, which changes what is served. */
    cloneLock: inHome('clone.lock'),
    pipelineLock: inHome('deployment.lock'),
  };
}

/** The folder of `release`; while it is being made, `partial`. */
export function releaseFolder({ releases }: DeployPaths, release: string, partial: '.partial' | '' = ''): string {
  return join(releases, release + partial);
}
