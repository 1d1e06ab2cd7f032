// Files: who may read them, links, and names.

import { linkSync, lstatSync, readlinkSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isWindows, SYSTEM } from './system.ts';

/** Whether a file's mode says who may read it. Windows has access lists: a file is open to those to whom its folder is. */
export function hasModes(system = SYSTEM): boolean {
  return !isWindows(system);
}

/**
 * Makes the link `path` lead to `target`, relative to its folder, in one step; a folder at `path` (of a copy that followed links) is
 * removed. On Windows, where symbolic links need a privilege, in two steps: a junction to a folder, a hard link to a file.
 */
export function link(target: string, path: string, system = SYSTEM): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  const absolute = resolve(dirname(path), target);
  if (found?.isSymbolicLink() && [target, absolute].includes(readlinkSync(path))) return;
  if (found?.isDirectory()) rmSync(path, { recursive: true });
  const next = `${path}.next`;
  rmSync(next, { force: true });
  if (!isWindows(system)) symlinkSync(target, next);
  else {
    if (statSync(absolute).isDirectory()) symlinkSync(absolute, next, 'junction');
    else linkSync(absolute, next);
    rmSync(path, { force: true });
  }
  renameSync(next, path);
}

/** A relative path with slashes, as URLs and manifests have it. */
export function slashed(path: string, system = SYSTEM): string {
  return isWindows(system) ? path.replaceAll('\\', '/') : path;
}

/** Whether `name` can mean another file than the one that it names: on Windows by `\`, a stream (`a.txt::$DATA`), a short name (`A~1`). */
export function isAmbiguousName(name: string, system = SYSTEM): boolean {
  return isWindows(system) && /[\\:]|~\d|[. ](\/|$)/.test(name);
}
