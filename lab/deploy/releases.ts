// The folders of releases, and the link to the one that is served.

import { existsSync, mkdirSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { link } from '../../runtime/platform/files.ts';
import { isBundled, ROOT } from '../../runtime/program.ts';
import { CURRENT, SITE } from '../../services/app/release.ts';
import { listReleases } from './history.ts';
import { type DeployPaths, releaseFolder } from './paths.ts';

/** Releases that are kept beside the one that is served. */
const MAX_KEPT = 5;
/** What a release shares with the lab: the framework, what that needs, and what checks it. */
export const SHARED = ['otel', 'runtime', 'traces', 'node_modules', 'package.json'];
const TOOLS = ['biome.json', 'tsconfig.json'];

/** The release that is served; undefined when the working tree is. */
export function servedRelease({ current }: DeployPaths): string | undefined {
  return existsSync(join(current, SITE)) ? basename(realpathSync(current)) : undefined;
}

/** Serves `release` from now on, or with undefined the working tree: in one step, so that a reader always finds one of the two. */
export function pointTo({ current }: DeployPaths, release: string | undefined): void {
  if (release === undefined) rmSync(current, { force: true });
  else link(release, current);
}

/**
 * Links the release in `folder` to this checkout's framework; changes nothing where it is linked already, nor in a package, whose
 * processes find it by their loader (services/app/site-imports.ts).
 */
export function linkFramework(folder: string): void {
  if (isBundled) return;
  mkdirSync(join(folder, 'services/app'), { recursive: true });
  const own = readdirSync(join(ROOT, 'services/app')).filter((name) => name !== 'site');
  for (const name of [...SHARED, ...own.map((each) => `services/app/${each}`), ...TOOLS])
    link(join(ROOT, name), join(folder, name));
}

/** Links all releases, as after a checkout or a home was moved. */
export function linkReleases(paths: DeployPaths): void {
  for (const name of releaseNames(paths)) linkFramework(releaseFolder(paths, name));
}

/** Removes what was never completed, and the oldest releases but for `keep`. */
export function clearReleases(paths: DeployPaths, keep: (string | undefined)[]): void {
  const kept = [...listReleases(paths).slice(-MAX_KEPT), ...keep];
  for (const name of releaseNames(paths)) {
    if (!kept.includes(name)) rmSync(releaseFolder(paths, name), { recursive: true, force: true });
  }
}

function releaseNames({ releases }: DeployPaths): string[] {
  return existsSync(releases) ? readdirSync(releases).filter((name) => !name.startsWith(CURRENT)) : [];
}
