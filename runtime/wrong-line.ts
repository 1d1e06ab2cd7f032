// Which line of which file an error comes from, for what a learner edits: `services/proxy/locations.ts:12: Expected ','`.

import { relative } from 'node:path';

/** A place in a stack, or above the excerpt that Node puts before it; files that are imported anew have a query. */
const PLACE = /(?:file:\/\/)?(\/[^\s?:()]+\.ts)(?:\?[^\s:]*)?:(\d+)/g;

/** The error's words behind the first place in its stack that is below `folder`; without one, the words alone. */
export function withPlace(error: unknown, folder: string): string {
  const { message, stack = '' } = error as Error;
  const [words = ''] = message.split('\n');
  for (const [, file = '', line] of stack.matchAll(PLACE)) {
    if (file.startsWith(folder)) return `${relative(process.cwd(), file)}:${line}: ${words}`;
  }
  return words;
}
