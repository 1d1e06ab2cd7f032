// Which site a worker runs: the release that was deployed last (lab/deploy), or, before the first, the working tree.

import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * A site: its folder; the release that it belongs to, null for the working tree; the file that knows its static files' hashed
 * names; and whether other releases were served here, which may have left migrations in the database.
 */
export type SiteFolder = {
  folder: string;
  release: string | null;
  manifest: string | undefined;
  hasOthers: boolean;
};

const WORKING_TREE = join(import.meta.dirname, 'site');
const MANIFEST = 'staticfiles.json';
/** A release is a folder in this one of the lab's home, with the site where it is in the working tree; CURRENT links to the one that is served. */
export const RELEASES = 'releases';
export const CURRENT = 'current';
export const SITE = 'services/app/site';

/** The site in the folder `asked`; without it, the one that `current` in the lab's `home` links to, or the working tree's. */
export function findSite(asked: string, home: string, staticRoot: string | undefined): SiteFolder {
  const releases = join(home, RELEASES);
  const current = join(releases, CURRENT, SITE);
  if (asked && !statSync(asked, { throwIfNoEntry: false })?.isDirectory())
    throw new Error(`WAYBILL_SITE: ${asked} is not a folder. Name the folder of a site, or unset it.`);
  const folder = realpathSync(asked || (existsSync(current) ? current : WORKING_TREE));
  const hasOthers = existsSync(releases) && readdirSync(releases).length > 0;
  const releaseFolder = dirname(dirname(dirname(folder)));
  if (basename(dirname(releaseFolder)) !== RELEASES) {
    return { folder, release: null, manifest: staticRoot && join(staticRoot, MANIFEST), hasOthers };
  }
  return { folder, release: basename(releaseFolder), manifest: join(releaseFolder, MANIFEST), hasOthers };
}
