// The body of a response as text: its content coding is undone, and its characters are decoded as a browser finds out how.

import { brotliDecompressSync, constants, gunzipSync, inflateSync } from 'node:zlib';
import { VisitFailure } from '../errors.ts';

/** What the visitor can undo; the request's Accept-Encoding. */
export const ACCEPT_ENCODING = 'gzip, deflate, br';

/** The body without its `coding` (Content-Encoding), of at most `maxBytes`. Throws a VisitFailure where it is not valid, or longer. */
export function decodeBody(bytes: Buffer, coding: string | undefined, maxBytes: number): Buffer {
  const codings = (coding ?? '')
    .toLowerCase()
    .split(',')
    .map((each) => each.trim());
  let body = bytes;
  for (const each of codings.reverse()) {
    if (each === '' || each === 'identity' || body.length === 0) continue;
    try {
      const options = { maxOutputLength: maxBytes };
      if (each === 'br')
        body = brotliDecompressSync(body, { ...options, finishFlush: constants.BROTLI_OPERATION_FINISH });
      else if (each === 'gzip' || each === 'x-gzip') body = gunzipSync(body, options);
      else if (each === 'deflate') body = inflateSync(body, options);
      else throw new VisitFailure('invalid_encoding');
    } catch (error) {
      const isTooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
      throw new VisitFailure(isTooLarge ? 'response_too_large' : 'invalid_encoding');
    }
  }
  return body;
}

/**
 * The characters of `bytes`: by a byte order mark, the charset of `contentType`, `<meta charset>` in the first 1024 bytes (HTML) or
 * `@charset` (CSS), else UTF-8. A charset that no browser knows is ignored.
 */
export function decodeText(bytes: Buffer, contentType = ''): string {
  const start = bytes.subarray(0, 1024).toString('latin1');
  const candidates = [
    byteOrderMark(bytes),
    /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType)?.[1],
    /^text\/html/i.test(contentType) ? /<meta[^>]+charset\s*=\s*["']?([^\s"'>;/]+)/i.exec(start)?.[1] : undefined,
    /^text\/css/i.test(contentType) ? /^@charset "([^"]+)";/.exec(start)?.[1] : undefined,
  ];
  for (const label of candidates) {
    if (label === undefined) continue;
    try {
      return new TextDecoder(label).decode(bytes);
    } catch {
      // Unknown: the next one says it.
    }
  }
  return new TextDecoder().decode(bytes);
}

function byteOrderMark([first, second, third]: Buffer): string | undefined {
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  return first === 0xff && second === 0xfe ? 'utf-16le' : undefined;
}
