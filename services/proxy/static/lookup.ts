// From a path to a file: root or alias, try_files, index, and what is not served.

import type { StaticAction } from '../location/blocks.ts';
import type { CachedFile, FileCache } from './file-cache.ts';

export type Wanted = {
  /** The whole path asked for, decoded. */
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

/**
 * Looks for the file; `name` is its path below the folder. `folder` means that a slash is missing at the end.
 * Without `tryFiles` the file itself is looked for, or the index of a folder.
 */
export function lookUp({ path, rest, config, folder }: Wanted, fileCache: FileCache): LookupResult {
  const asked = config.root === undefined ? rest : path;
  if (hasHidden(asked)) return { failure: 'hidden' };
  if (config.tryFiles === undefined) return lookAt(asked);
  for (const template of config.tryFiles) {
    if (template === '=404') break;
    const found = lookAt(template.replace('$uri', () => asked));
    if ('item' in found) return found;
  }
  return { failure: 'not_found' };

  function lookAt(name: string): LookupResult {
    const isFolder = name === '' || name.endsWith('/');
    const relative = (isFolder ? name + (config.index ?? 'index.html') : name).replace(/^\//, '');
    const found = fileCache.take(`${folder}/${relative}`, folder);
    if (found === 'folder') return isFolder ? { failure: 'not_found' } : { folder: true };
    if (found === 'none') return { failure: 'not_found' };
    if (found === 'outside') return { failure: 'hidden' };
    if (found === 'unreadable') return { failure: 'unreadable' };
    return { item: found, name: relative };
  }
}

/** Names that begin with a dot: editors, version control and .env live there. */
function hasHidden(path: string): boolean {
  return path.startsWith('.') || path.includes('/.');
}
