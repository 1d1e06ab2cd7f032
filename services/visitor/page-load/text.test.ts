import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { decodeBody, decodeText } from './text.ts';

const latin1 = (text: string) => Buffer.from(text, 'latin1');

test.each([
  ['br', brotliCompressSync('hello')],
  ['gzip', gzipSync('hello')],
  ['deflate', deflateSync('hello')],
  ['gzip, br', brotliCompressSync(gzipSync('hello'))],
  [undefined, Buffer.from('hello')],
])('a body with the coding %s is decoded', (coding, bytes) => {
  expect(decodeBody(bytes, coding, 100).toString()).toBe('hello');
});

test.each([
  ['another coding than it says', 'br', Buffer.from('hello'), 'invalid_encoding'],
  ['a coding that was not accepted', 'zstd', Buffer.from('hello'), 'invalid_encoding'],
  ['half of it', 'gzip', gzipSync('hello').subarray(0, 12), 'invalid_encoding'],
  ['more than the bound when decompressed', 'gzip', gzipSync(Buffer.alloc(1000)), 'response_too_large'],
])('a body with %s fails', (_, coding, bytes, code) => {
  expect(() => decodeBody(bytes, coding, 100)).toThrow(expect.objectContaining({ code }));
});

test.each([
  ['the type says ISO-8859-1', latin1('é'), 'text/html; charset=iso-8859-1'],
  ['the type says it in quotes', latin1('é'), 'text/html; charset="windows-1252"'],
  ['the document says it', latin1('<meta charset=latin1>é'), 'text/html'],
  ['the style sheet says it', latin1('@charset "latin1";é'), 'text/css'],
  ['the type says UTF-8', Buffer.from('é'), 'text/html; charset=utf-8'],
  ['nothing says it', Buffer.from('é'), 'text/css'],
  ['the type says what no browser knows', Buffer.from('é'), 'text/html; charset=klingon'],
  ['a byte order mark contradicts the type', Buffer.from('\ufeffé'), 'text/html; charset=latin1'],
  ['a byte order mark says UTF-16', Buffer.from('\ufeffé', 'utf16le'), 'text/html'],
])('text is read where %s', (_, bytes, type) => {
  expect(decodeText(bytes, type).at(-1)).toBe('é');
});
