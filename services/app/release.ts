// Which site a worker runs: the release that was deployed last (lab/deploy), or, before the first, the working tree.

import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const MANIFEST = 'staticfiles.json';
/** A release is a folder below RELEASES in the lab's home, with the site at the same path as in the working tree. CURRENT links to the one served. */
export const RELEASES = 'releases';
export const CURRENT = 'current';
export const SITE = 'services/app/site'; // below a release, and below the working directory

/**
 * The site in the folder `configured`, or the one that `current` in the lab's `home` links to, or the working tree's: its folder; its
 * release, null for the working tree; the manifest of its static files; whether other releases may have migrated the database.
 */
export function findSite(configured: string, home: string, staticRoot: string | undefined) {
  const releases = join(home, RELEASES);
  const current = join(releases, CURRENT, SITE);
  if (configured && !statSync(configured, { throwIfNoEntry: false })?.isDirectory())
    throw new Error(`WAYBILL_SITE: ${configured} is not a folder. Name the folder of a site, or unset it.`);
  const folder = realpathSync(configured || (existsSync(current) ? current : SITE));
  const hasOthers = existsSync(releases) && readdirSync(releases).length > 0;
  const releaseFolder = dirname(dirname(dirname(folder)));
  if (basename(dirname(releaseFolder)) !== RELEASES) {
    return { folder, release: null, manifest: staticRoot && join(staticRoot, MANIFEST), hasOthers };
  }
  return { folder, release: basename(releaseFolder), manifest: join(releaseFolder, MANIFEST), hasOthers };
}
