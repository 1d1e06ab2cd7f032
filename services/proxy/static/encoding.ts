// Which variant of a file is sent: brotli or gzip where there is one beside it (nginx: gzip_static) and the client
// takes it (RFC 9110, 12.5.3). A variant older than its file is out of date and passed over.

import Negotiator from 'negotiator';
import type { CachedFile, FileCache } from './file-cache.ts';

/** In the order of our preference; a server may choose among all that a client accepts. */
const SUFFIXES = { br: '.br', gzip: '.gz' } as const;

export type Variant = {
  item: CachedFile;
  encoding: 'identity' | 'br' | 'gzip';
  /** Whether the answer depends on Accept-Encoding: then caches must know. */
  varies: boolean;
};

/** The variant of `item` to send to a client that says `accepted` in Accept-Encoding. */
export function chooseVariant(
  item: CachedFile,
  accepted: string | undefined,
  folder: string,
  fileCache: FileCache,
): Variant {
  const variants = variantsOf(item, folder, fileCache);
  if (variants.size === 0) return { item, encoding: 'identity', varies: false };
  const headers = { 'accept-encoding': accepted ?? 'identity' };
  const acceptable = new Negotiator({ headers }).encodings([...variants.keys()]);
  for (const [encoding, variant] of variants) {
    if (acceptable.includes(encoding)) return { item: variant, encoding, varies: true };
  }
  return { item, encoding: 'identity', varies: true };
}

function variantsOf(item: CachedFile, folder: string, fileCache: FileCache): Map<'br' | 'gzip', CachedFile> {
  const found = new Map<'br' | 'gzip', CachedFile>();
  for (const encoding of ['br', 'gzip'] as const) {
    const variant = fileCache.take(item.file + SUFFIXES[encoding], folder);
    if (typeof variant === 'object' && variant.changed >= item.changed) found.set(encoding, variant);
  }
  return found;
}
