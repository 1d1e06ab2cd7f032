// Does the client know the file already? Conditions in the order of RFC 9110, 13.2.2.

import type { IncomingHttpHeaders } from 'node:http';
import type { CachedFile } from './file-cache.ts';
import { parseHttpDate } from './http-date.ts';

/** `ok`: send it. */
export type Verdict = 'ok' | 'not modified' | 'changed';

/** Holds `item` against the conditions of a GET or HEAD request. */
export function check(headers: IncomingHttpHeaders, { etag, changed }: CachedFile): Verdict {
  const { 'if-match': match, 'if-none-match': noneMatch } = headers;
  const { 'if-unmodified-since': unmodifiedSince, 'if-modified-since': modifiedSince } = headers;

  if (match !== undefined) {
    if (!lists(match, etag, 'strong')) return 'changed';
  } else if (unmodifiedSince !== undefined) {
    if (changed > parseHttpDate(unmodifiedSince)) return 'changed';
  }

  if (noneMatch !== undefined) {
    if (lists(noneMatch, etag, 'weak')) return 'not modified';
  } else if (modifiedSince !== undefined) {
    // Exactly, as nginx does: another date is of another version, of which this may be the older one.
    if (changed === parseHttpDate(modifiedSince)) return 'not modified';
  }
  return 'ok';
}

/** Whether If-Range allows to send a part: only when the client holds exactly this version (RFC 9110, 13.1.5). */
export function allowsRange(condition: string | undefined, { etag, changed }: CachedFile): boolean {
  if (condition === undefined) return true;
  if (condition.includes('"')) return condition.trim() === etag;
  return changed === parseHttpDate(condition);
}

/** A list of entity tags (RFC 9110, 8.8.3); a list that is malformed matches nothing. */
const TAG = '(?:W/)?"[\\x21\\x23-\\x7e\\x80-\\xff]*"';
const TAGS = new RegExp(`^[ \\t,]*${TAG}(?:[ \\t]*,[ \\t,]*${TAG})*[ \\t,]*$`);

function lists(header: string, etag: string, comparison: 'strong' | 'weak'): boolean {
  if (header.trim() === '*') return true;
  if (!TAGS.test(header)) return false;
  const tags: string[] = header.match(/(?:W\/)?"[^"]*"/g) ?? [];
  return tags.some((tag) => tag === etag || (comparison === 'weak' && tag === `W/${etag}`));
}
