// Which line of which file an error comes from, for what a learner edits: `services/proxy/locations.ts:12: Expected ','`.

import { relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { escapePattern } from './escape-pattern.ts';

/**
 * The error's words behind the first place in its stack, or above the excerpt that Node puts before it, that is below `folder`;
 * without one, the words alone. Node writes a place as a path or as a URL; files that are imported anew have a query.
 */
export function withPlace(error: unknown, folder: string): string {
  const { message, stack = '' } = error as Error;
  const [words = ''] = message.split('\n');
  const prefix = [folder, encodeURI(folder), pathToFileURL(folder).href]
    .map((each) => escapePattern(each.replace(/\/$/, '')))
    .join('|');
  const place = new RegExp(String.raw`(?:${prefix})([\\/][^\s?:()]+\.ts)(?:\?[^\s:]*)?:(\d+)`);
  const [, file, line] = place.exec(stack) ?? [];
  return file === undefined ? words : `${relative(process.cwd(), folder + decodeURI(file))}:${line}: ${words}`;
}
