// What of a file is sent: nothing if the client has its current version (conditions in the order of RFC 9110, 13.2.2), a part,
// or all.

import type { IncomingHttpHeaders } from 'node:http';
import type { CachedFile } from './file-cache.ts';
import { parseHttpDate } from './http-date.ts';

/** The status of a GET or HEAD request for `item` with these conditions: 200 (send it), 304 or 412. */
export function evaluateConditions(requested: IncomingHttpHeaders, { headers: { etag }, modified }: CachedFile) {
  const { 'if-match': match, 'if-none-match': noneMatch } = requested;
  const { 'if-unmodified-since': unmodifiedSince, 'if-modified-since': modifiedSince } = requested;

  if (match !== undefined) {
    if (!includesTag(match, etag, 'strong')) return 412;
  } else if (unmodifiedSince !== undefined) {
    if (modified > parseHttpDate(unmodifiedSince)) return 412;
  }

  if (noneMatch !== undefined) {
    if (includesTag(noneMatch, etag, 'weak')) return 304;
  } else if (modifiedSince !== undefined) {
    // Equal, as with nginx: another date is of another version, which may be newer than this one.
    if (modified === parseHttpDate(modifiedSince)) return 304;
  }
  return 200;
}

/** Whether If-Range allows a part to be sent: only if the client has exactly this version (RFC 9110, 13.1.5). */
export function allowsRange(condition: string | undefined, { headers: { etag }, modified }: CachedFile): boolean {
  if (condition === undefined) return true;
  if (condition.includes('"')) return condition.trim() === etag;
  return modified === parseHttpDate(condition);
}

/** Both ends are included. */
export type Part = { start: number; end: number };

/**
 * The part of `size` bytes that `header` requests (RFC 9110, 14.2); undefined: the whole, which several ranges and a malformed
 * one get as well.
 */
export function readRange(header: string | undefined, size: number): Part | 'unsatisfiable' | undefined {
  const [, first, last] = /^bytes=\s*(\d*)-(\d*)\s*$/i.exec(header ?? '') ?? [];
  if (size === 0) return undefined; // nginx: an empty file is sent whole
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined;
  const part =
    first === ''
      ? { start: Math.max(0, size - Number(last)), end: size - 1 } // the last bytes
      : { start: Number(first), end: last === '' ? size - 1 : Math.min(Number(last), size - 1) };
  return part.start <= part.end ? part : 'unsatisfiable';
}

/** A list of entity tags (RFC 9110, 8.8.3); a malformed one matches nothing. */
const TAG = '(?:W/)?"[\\x21\\x23-\\x7e\\x80-\\xff]*"';
const TAGS = new RegExp(`^[ \\t,]*${TAG}(?:[ \\t]*,[ \\t,]*${TAG})*[ \\t,]*$`);

function includesTag(header: string, etag: string, comparison: 'strong' | 'weak'): boolean {
  if (header.trim() === '*') return true;
  if (!TAGS.test(header)) return false;
  const tags: string[] = header.match(/(?:W\/)?"[^"]*"/g) ?? [];
  return tags.some((tag) => tag === etag || (comparison === 'weak' && tag === `W/${etag}`));
}
