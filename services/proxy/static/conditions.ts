// Does the client know the file already? Conditions in the order of RFC 9110, 13.2.2.

import type { IncomingHttpHeaders } from 'node:http';
import type { Item } from './shelf.ts';

/** `ok`: send it. */
export type Verdict = 'ok' | 'not modified' | 'changed';

/** Holds `item` against the conditions of a GET or HEAD request. */
export function check(headers: IncomingHttpHeaders, { etag, changed }: Item): Verdict {
  const { 'if-match': match, 'if-none-match': noneMatch } = headers;
  const { 'if-unmodified-since': unmodifiedSince, 'if-modified-since': modifiedSince } = headers;

  if (match !== undefined) {
    if (!lists(match, etag, 'strong')) return 'changed';
  } else if (unmodifiedSince !== undefined) {
    if (changed > secondsOf(unmodifiedSince)) return 'changed';
  }

  if (noneMatch !== undefined) {
    if (lists(noneMatch, etag, 'weak')) return 'not modified';
  } else if (modifiedSince !== undefined) {
    if (changed <= secondsOf(modifiedSince)) return 'not modified';
  }
  return 'ok';
}

/** Whether If-Range allows to send a part: only when the client holds exactly this version (RFC 9110, 13.1.5). */
export function allowsRange(condition: string | undefined, { etag, changed }: Item): boolean {
  if (condition === undefined) return true;
  if (condition.includes('"')) return condition.trim() === etag;
  return changed === secondsOf(condition);
}

function lists(header: string, etag: string, comparison: 'strong' | 'weak'): boolean {
  if (header.trim() === '*') return true;
  const tags: string[] = header.match(/(?:W\/)?"[^"]*"/g) ?? [];
  return tags.some((tag) => tag === etag || (comparison === 'weak' && tag === `W/${etag}`));
}

/** NaN for what is no date: every comparison is then false, which is to ignore the condition. */
function secondsOf(date: string): number {
  return Date.parse(date) / 1000;
}
