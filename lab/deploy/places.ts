// Where a deployment keeps its things, all in the lab's home.
//
//   site.git/           the repository: branch main is what the pipeline was last given and took
//   laptop/             a clone, where a change is made and committed
//   releases/12-3f9a61c/  a release: the site as it was at that commit, and links to the framework it runs on
//   releases/current    a link to the release that is served; without it, the working tree is
//   deployment.json     while one is under way: who does it, and what to go back to

import {
  existsSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { CURRENT, RELEASES } from '../../services/app/release.ts';
import { LabError } from '../command.ts';

export type Places = ReturnType<typeof placesIn>;

/** So many releases are kept beside the one that is served. */
const KEPT = 5;
/** Of a release that is being made. */
const PARTIAL = '.partial';

/** The places in `home`. */
export function placesIn(home: string) {
  return {
    home,
    repository: join(home, 'site.git'),
    laptop: join(home, 'laptop'),
    releases: join(home, RELEASES),
    current: join(home, RELEASES, CURRENT),
    journal: join(home, 'deployment.json'),
  };
}

/** The release that is served; undefined when the working tree is. */
export function servedRelease({ current }: Places): string | undefined {
  return existsSync(current) ? basename(realpathSync(current)) : undefined;
}

/** The releases that there are, oldest first; what was never finished is none. */
export function listReleases({ releases }: Places): string[] {
  const all = existsSync(releases) ? readdirSync(releases).filter((name) => /^\d+-\w+$/.test(name)) : [];
  return all.sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
}

/** Where `release` is made, until it is whole. */
export function partialFolder({ releases }: Places, release: string): string {
  return join(releases, release + PARTIAL);
}

/** Serves `release` from now on, or with undefined the working tree: in one step, so that nobody finds neither. */
export function pointTo({ current }: Places, release: string | undefined): void {
  const next = `${current}.next`;
  rmSync(next, { force: true });
  if (release === undefined) {
    rmSync(current, { force: true });
    return;
  }
  symlinkSync(release, next);
  renameSync(next, current);
}

/** Removes what was never finished, and the oldest releases but for `keep`. */
export function clearReleases(places: Places, keep: (string | undefined)[]): void {
  const { releases } = places;
  if (!existsSync(releases)) return;
  const old = listReleases(places).slice(0, -KEPT);
  const partial = readdirSync(releases).filter((name) => name.endsWith(PARTIAL));
  for (const name of [...old, ...partial]) {
    if (!keep.includes(name)) rmSync(join(releases, name), { recursive: true, force: true });
  }
}

/** What is under way: which process does it, and which release was served before. */
export type Journal = { pid: number; release: string; previous: string | null; isSwitched: boolean };

/** What is written of the deployment under way, or of one that was ended in the middle; undefined when there is none. */
export function readJournal({ journal }: Places): Journal | undefined {
  try {
    return JSON.parse(readFileSync(journal, 'utf8')) as Journal;
  } catch {
    return undefined;
  }
}

/** Claims the site for this process; where one that was told `token` already has it, for that one's sake. Throws a LabError when another has it, or the disk is full. */
export function claim(places: Places, journal: Journal, token?: number): void {
  const other = readJournal(places);
  const isHandedOn = other !== undefined && other.pid === token;
  try {
    writeFileSync(places.journal, JSON.stringify(journal), { flag: isHandedOn ? 'w' : 'wx' });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST') {
      rmSync(places.journal, { force: true }); // a full disk leaves an empty one, which would keep others out for ever
      throw new LabError(`${places.journal} cannot be written (${code}): make room on its disk, and try again.`);
    }
    throw new LabError(`Another deployment is under way (process ${other?.pid}): wait until it has ended.`);
  }
}

/** Writes what has come of the deployment that this process has claimed. */
export function note({ journal }: Places, what: Journal): void {
  writeFileSync(journal, JSON.stringify(what));
}

/** The site is free for others; nothing when this process has not claimed it. */
export function letGo(places: Places): void {
  if (readJournal(places)?.pid === process.pid) rmSync(places.journal, { force: true });
}

/** Whether a deployment was ended after its switch, so that workers may serve what is to be put back. */
export function isSwitchLeft(places: Places): boolean {
  const left = readJournal(places);
  return left?.isSwitched === true && !isAlive(left.pid);
}

/**
 * Puts right what a deployment that was ended in the middle has left: the release before it is served again. Gives that
 * journal; undefined when there is nothing to put right, or the deployment is still under way.
 */
export function recover(places: Places): Journal | undefined {
  const journal = readJournal(places);
  if (journal && isAlive(journal.pid)) return undefined;
  if (journal?.isSwitched) pointTo(places, journal.previous ?? undefined);
  if (journal) rmSync(places.journal, { force: true });
  return journal;
}

/** Whether process `pid` runs. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
