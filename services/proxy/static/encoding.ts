// Which variant of a file is sent: brotli or gzip where one lies beside it (nginx: gzip_static) and the client accepts it
// (RFC 9110, 12.5.3). A variant older than its file is ignored.

import Negotiator from 'negotiator';
import type { CachedFile, FindFile } from './file-cache.ts';

/** In the order of our preference; a server may choose among all that a client accepts. */
const SUFFIXES = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const;

export type Variant = {
  item: CachedFile;
  encoding: 'identity' | 'br' | 'gzip';
  /** Whether the response depends on Accept-Encoding, which caches must know. */
  varies: boolean;
};

/** The variant of `item` for a client whose Accept-Encoding is `accepted`. */
export function chooseVariant(item: CachedFile, accepted: string | undefined, folder: string, find: FindFile): Variant {
  const variants = SUFFIXES.flatMap(([encoding, suffix]) => {
    const found = find(item.file + suffix, folder);
    return typeof found === 'object' && found.modified >= item.modified ? [{ encoding, item: found }] : [];
  });
  const varies = variants.length > 0;
  if (!varies || accepted === undefined) return { item, encoding: 'identity', varies };
  const acceptable = new Negotiator({ headers: { 'accept-encoding': accepted } }).encodings(['br', 'gzip']);
  const chosen = variants.find(({ encoding }) => acceptable.includes(encoding));
  return { ...(chosen ?? { item, encoding: 'identity' }), varies };
}
