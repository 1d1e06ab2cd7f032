// Folders that a variable names: created where they are missing, and refused with a reason where they cannot be used.

import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Creates `path` and the missing folders above it. Node's own `recursive` never returns where the file system refuses (/proc). */
export function makeFolder(path: string, mode = 0o777): void {
  const isFolder = () => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  if (isFolder()) return;
  const parent = dirname(resolve(path));
  if (parent !== path) makeFolder(parent);
  try {
    mkdirSync(path, mode);
  } catch (error) {
    if (!isFolder()) throw error; // else another process has just created it
  }
}

/** A path that cannot be used: which variable names it, why, and what to do. */
export class PathError extends Error {}

/** Creates the folder that `variable` names. Throws a PathError when it cannot be written to. */
export function writableFolder(variable: string, path: string, mode?: number): void {
  try {
    makeFolder(path, mode);
    accessSync(path, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new PathError(
      `${variable}: ${path} cannot be used (${reasonOf(error)}). Set it to a folder that this user can write to.`,
    );
  }
}

const REASONS: Record<string, string> = {
  ENOENT: 'no such file or folder',
  EACCES: 'this user may not read or write it',
  EPERM: 'it belongs to another user',
  ENOTDIR: 'a part of its path is a file',
  EEXIST: 'a part of its path is a file',
  EISDIR: 'it is a folder',
  EROFS: 'its disk is read-only',
  ENOSPC: 'its disk is full',
};

/** Why the file system refused, in words. */
export function reasonOf(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return REASONS[code] ?? message;
}
