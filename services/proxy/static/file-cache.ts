// The file cache: small files are kept in memory, and compared by a stat, so that no outdated content is served; by one for all
// requests of an iteration of the event loop, which saves a tenth of the CPU time of a request and more.

import { hash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readFileSync, realpathSync, type Stats, statSync } from 'node:fs';
import { basename, sep } from 'node:path';
import { contentType } from 'mime-types';
import { afterTick } from '../../../runtime/after-tick.ts';

export type CachedFile = {
  /** Its path, with links resolved. */
  file: string;
  size: number;
  /** When it was last modified, in whole seconds since 1970: HTTP has no finer time. */
  modified: number;
  headers: Record<'content-type' | 'etag' | 'last-modified', string>;
  /** The content of a small file. */
  bytes: Buffer | undefined;
};

/** `outside`: a link leads out of the folder. */
export type FileLookup = CachedFile | 'folder' | 'none' | 'outside' | 'unreadable';

/** Looks up `file` as it is now; nothing outside of `folder` is returned. */
export type FindFile = (file: string, folder: string) => FileLookup;

type CacheEntry = { item: CachedFile; identity: string; ctimeMs: number };

const MAX_FILES = 10_000;
/** File times advance in steps of up to 10 ms: a file changed within one may change again and look the same. */
const CLOCK_STEP_MS = 20;

/** Makes a cache of files of up to `fileBytes`, `bytes` in all; the least recently used are dropped first. */
export function createFileCache({ fileBytes, bytes }: { fileBytes: number; bytes: number }): FindFile {
  const entries = new Map<string, CacheEntry>(); // the least recently used first
  let used = 0;

  const drop = (file: string) => {
    used -= entries.get(file)?.item.bytes?.length ?? 0;
    entries.delete(file);
  };
  const add = (file: string, entry: CacheEntry) => {
    entries.set(file, entry);
    used += entry.item.bytes?.length ?? 0;
    for (const oldest of entries.keys()) {
      if (used <= bytes && entries.size <= MAX_FILES) break;
      drop(oldest);
    }
  };

  const find: FindFile = (file, folder) => {
    try {
      const stats = statSync(file, { throwIfNoEntry: false });
      const entry = entries.get(file);
      drop(file);
      if (stats === undefined) return 'none';
      if (entry?.identity === identityOf(stats)) {
        add(file, entry);
        return entry.item;
      }
      const real = realpathSync.native(file);
      const root = realpathSync.native(folder);
      if (real !== root && !real.startsWith(root + sep)) return 'outside';
      if (stats.isDirectory()) return 'folder';
      if (!stats.isFile()) return 'none'; // a pipe or a device would never end
      const loaded = load(real, basename(file), fileBytes);
      if (Date.now() - loaded.ctimeMs > CLOCK_STEP_MS) add(file, loaded);
      return loaded.item;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'EACCES' ? 'unreadable' : 'none'; // ELOOP, ENAMETOOLONG …
    }
  };

  const recent = new Map<string, { folder: string; result: FileLookup }>();
  return (file, folder) => {
    const known = recent.get(file);
    if (known?.folder === folder) return known.result;
    const result = find(file, folder);
    if (recent.size === 0) afterTick(() => recent.clear());
    recent.set(file, { folder, result });
    return result;
  };
}

function identityOf({ dev, ino, size, mtimeMs, ctimeMs }: Stats): string {
  return `${dev}:${ino}:${size}:${mtimeMs}:${ctimeMs}`;
}

/** Reads stats and content from one descriptor, so that they belong together. */
function load(file: string, name: string, fileBytes: number): CacheEntry {
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const stats = fstatSync(descriptor);
    const bytes = stats.size <= fileBytes ? readFileSync(descriptor) : undefined;
    const size = bytes?.length ?? stats.size;
    // nginx takes time and size; of a small file the content, so that two versions within one step differ.
    const version = bytes ? hash('sha1', bytes, 'base64url') : Math.round(stats.mtimeMs * 1000).toString(16);
    const headers = {
      'content-type': contentType(name) || 'application/octet-stream',
      etag: `"${version}-${size.toString(16)}"`,
      'last-modified': stats.mtime.toUTCString(),
    };
    const item = { file, size, modified: Math.floor(stats.mtimeMs / 1000), headers, bytes };
    return { item, identity: identityOf(stats), ctimeMs: stats.ctimeMs };
  } finally {
    closeSync(descriptor);
  }
}
