// The file cache: small files in memory, noticed when they change on disk; large ones only by name. A stat makes sure that
// nothing stale is served: one for all that came in the same turn of the event loop, for it is a third of a request's cost.

import { hash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync, realpathSync, type Stats, statSync } from 'node:fs';
import { sep } from 'node:path';
import { contentType } from 'mime-types';
import { afterTick } from '../../../runtime/after-tick.ts';
import { IN_ONE_PIECE } from '../../../runtime/http/one-piece.ts';

export type CachedFile = {
  /** Where it really is, links resolved. */
  file: string;
  size: number;
  /** When it was last changed, in whole seconds since 1970 (HTTP has no finer time). */
  changed: number;
  etag: string;
  /** Content-Type, ETag, Last-Modified: the same for every answer. */
  headers: Record<string, string>;
  /** The file itself where it is small. */
  bytes: Buffer | undefined;
  /** The same, a byte a character, where it is so small that Node sends it in one piece with the headers. */
  text: string | undefined;
};

/** `outside`: a link leads out of the folder. */
export type FileLookup = CachedFile | 'folder' | 'none' | 'outside' | 'unreadable';

type CacheEntry = { item: CachedFile; identity: string; ctimeMs: number };

/** Makes a file cache that keeps files of up to `fileBytes`, `bytes` of them in all; the least used go first. */
export function createFileCache({ fileBytes, bytes }: { fileBytes: number; bytes: number }) {
  const kept = new Map<string, CacheEntry>(); // in the order of use
  let used = 0;

  const drop = (file: string) => {
    used -= weightOf(kept.get(file)?.item);
    kept.delete(file);
  };
  const keep = (file: string, entry: CacheEntry) => {
    kept.set(file, entry);
    used += weightOf(entry.item);
    for (const oldest of kept.keys()) {
      if (used <= bytes && kept.size <= MAX_FILES) break;
      drop(oldest);
    }
  };

  const find = (file: string, folder: string): FileLookup => {
    const stats = look(file);
    if (stats === 'none' || stats === 'unreadable') return stats;
    if (stats.isDirectory()) return isInside(file, folder) ? 'folder' : 'outside';
    if (!stats.isFile()) return 'none'; // a pipe or a device would never end
    const identity = identityOf(stats);
    const entry = kept.get(file);
    if (entry?.identity === identity) {
      kept.delete(file);
      kept.set(file, entry);
      return entry.item;
    }
    drop(file);
    if (!isInside(file, folder)) return 'outside';
    const loaded = load(file, fileBytes);
    if (typeof loaded === 'string') return loaded;
    if (Date.now() - loaded.ctimeMs > CLOCK_TICK_MS) keep(file, loaded);
    return loaded.item;
  };

  const lookupsThisTick = new Map<string, { folder: string; found: FileLookup }>();

  return {
    /** What `file` is now; nothing that is really outside of `folder` is given. */
    take(file: string, folder: string): FileLookup {
      const known = lookupsThisTick.get(file);
      if (known?.folder === folder) return known.found;
      const found = find(file, folder);
      if (lookupsThisTick.size === 0) afterTick(() => lookupsThisTick.clear());
      lookupsThisTick.set(file, { folder, found });
      return found;
    },
    get size() {
      return { files: kept.size, bytes: used };
    },
  };
}

export type FileCache = ReturnType<typeof createFileCache>;

const MAX_FILES = 10_000;
/** File times advance in ticks of up to 10 ms: a file that changed just now may change again and look the same. */
const CLOCK_TICK_MS = 20;

function weightOf(item: CachedFile | undefined): number {
  return (item?.bytes?.length ?? 0) + (item?.text?.length ?? 0);
}

function look(file: string): Stats | 'none' | 'unreadable' {
  try {
    return statSync(file, { throwIfNoEntry: false }) ?? 'none';
  } catch (error) {
    return codeOf(error) === 'EACCES' ? 'unreadable' : 'none'; // ELOOP, ENAMETOOLONG …
  }
}

function identityOf({ dev, ino, size, mtimeMs, ctimeMs }: Stats): string {
  return `${dev}:${ino}:${size}:${mtimeMs}:${ctimeMs}`;
}

function isInside(file: string, folder: string): boolean {
  try {
    const [real, root] = [realpathSync.native(file), realpathSync.native(folder)];
    return real === root || real.startsWith(root + sep);
  } catch {
    return false; // gone a moment ago
  }
}

/** Reads stats and bytes from one open file, so that they belong together. */
function load(file: string, fileBytes: number): CacheEntry | 'none' | 'unreadable' {
  let descriptor: number | undefined;
  try {
    const real = realpathSync.native(file);
    descriptor = openSync(real, constants.O_RDONLY | constants.O_NOFOLLOW);
    const stats = fstatSync(descriptor);
    const bytes = stats.size <= fileBytes ? read(descriptor, stats.size) : undefined;
    return { item: describe(real, file, stats, bytes), identity: identityOf(stats), ctimeMs: stats.ctimeMs };
  } catch (error) {
    return codeOf(error) === 'EACCES' ? 'unreadable' : 'none';
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function read(descriptor: number, size: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(size);
  let at = 0;
  while (at < size) {
    const got = readSync(descriptor, bytes, at, size - at, at);
    if (got === 0) break; // shorter than its stats said
    at += got;
  }
  return bytes.subarray(0, at);
}

function describe(real: string, file: string, stats: Stats, bytes: Buffer | undefined): CachedFile {
  const size = bytes?.length ?? stats.size;
  // nginx says time and size; small files say what they hold, so that two versions within one tick differ.
  const version = bytes ? hash('sha1', bytes, 'base64url') : Math.round(stats.mtimeMs * 1000).toString(16);
  const etag = `"${version}-${size.toString(16)}"`;
  const name = file.slice(file.lastIndexOf(sep) + 1);
  return {
    file: real,
    size,
    changed: Math.floor(stats.mtimeMs / 1000),
    etag,
    headers: {
      'content-type': contentType(name) || 'application/octet-stream',
      etag,
      'last-modified': stats.mtime.toUTCString(),
    },
    bytes,
    text: size <= IN_ONE_PIECE ? bytes?.toString('latin1') : undefined,
  };
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
