// From a path to a file: root or alias, index, and what is not served.

import { isAmbiguousName } from '../../../runtime/platform/files.ts';
import type { StaticAction } from '../location/blocks.ts';
import type { CachedFile, FindFile } from './file-cache.ts';

export type LookupRequest = {
  /** The whole path, decoded. */
  path: string;
  /** What is left of it behind the location's own part. */
  rest: string;
  config: StaticAction;
  folder: string;
};

export type LookupResult =
  | { item: CachedFile; name: string }
  | { folder: true }
  | { failure: 'not_found' | 'hidden' | 'unreadable' };

/** Looks for the file, or the index of a folder; `name` is its path below the folder. `folder`: a slash is missing at the end. */
export function lookUp({ path, rest, config, folder }: LookupRequest, find: FindFile): LookupResult {
  const wanted = config.root === undefined ? rest : path;
  // Names that begin with a dot: editors, version control and .env use them.
  if (wanted.startsWith('.') || wanted.includes('/.')) return { failure: 'hidden' };
  const isFolder = wanted === '' || wanted.endsWith('/');
  const name = (isFolder ? wanted + (config.index ?? 'index.html') : wanted).replace(/^\//, '');
  if (isAmbiguousName(name)) return { failure: 'not_found' };
  const found = find(`${folder}/${name}`, folder);
  if (typeof found === 'object') return { item: found, name };
  if (found === 'folder' && !isFolder) return { folder: true };
  if (found === 'outside') return { failure: 'hidden' };
  return { failure: found === 'unreadable' ? 'unreadable' : 'not_found' };
}
