import { expect, test } from 'vitest';
import type { ReceivedResponse } from '../visit/read.ts';
import { ResponseCache, ruleOf } from './response-cache.ts';

const url = new URL('http://tatis.test/a.css');
const request = (headers: Record<string, string> = {}) => ({
  method: 'GET',
  url,
  headers: { 'accept-encoding': 'br', ...headers },
});
const answer = (headers: Record<string, string>, status = 200) =>
  ({
    status,
    headers: { date: new Date().toUTCString(), ...headers },
    bytes: 100,
    body: 'a',
  }) as unknown as ReceivedResponse;

/** A cache that has sent a request and got `headers`. */
function cacheWith(headers: Record<string, string>): ResponseCache {
  const cache = new ResponseCache();
  cache.update(request(), cache.find(request()), answer(headers), 5);
  return cache;
}

const longAgo = new Date(Date.now() - 120_000).toUTCString();

test.each<[headers: Record<string, string>, state: string]>([
  [{ 'cache-control': 'max-age=60' }, 'fresh'],
  [{ 'cache-control': 'max-age=60, immutable' }, 'fresh'],
  [{ expires: new Date(Date.now() + 60_000).toUTCString() }, 'fresh'],
  [{ 'cache-control': 'max-age=60', date: longAgo, etag: '"1"' }, 'asks'],
  [{ 'cache-control': 'max-age=60', age: '61', etag: '"1"' }, 'asks'],
  [{ 'cache-control': 'max-age=60', date: longAgo }, 'stale'],
  [{ 'cache-control': 'no-cache', etag: '"1"' }, 'asks'],
  [{ 'cache-control': 'no-store', etag: '"1"' }, 'none'],
  [{ 'last-modified': longAgo }, 'asks'], // no heuristic freshness
  [{ 'cache-control': 'immutable', etag: '"1"' }, 'asks'], // immutable alone gives no lifetime (RFC 8246)
  [{ 'cache-control': 'private, max-age=60' }, 'fresh'],
  [{}, 'stale'],
])('with %j the cache is %s', (headers, state) => {
  expect(cacheWith(headers).find(request()).state).toBe(state);
});

test('it asks by ETag and Last-Modified', () => {
  const { headers } = cacheWith({ 'cache-control': 'no-cache', etag: '"1"', 'last-modified': longAgo }).find(request());
  expect(headers).toEqual({ 'if-none-match': '"1"', 'if-modified-since': longAgo });
});

test('a 304 freshens what it has', () => {
  const cache = cacheWith({ 'cache-control': 'max-age=60', date: longAgo, etag: '"1"' });
  const found = cache.find(request());
  const { isSame, response } = cache.update(
    request(),
    found,
    answer({ 'cache-control': 'max-age=60', etag: '"1"' }, 304),
    1,
  );
  expect({ isSame, bytes: response.bytes, next: cache.find(request()).state }).toEqual({
    isSame: true,
    bytes: 100,
    next: 'fresh',
  });
});

test('a new response replaces what it had, also one that must not be kept', () => {
  const cache = cacheWith({ 'cache-control': 'no-cache', etag: '"1"' });
  cache.update(request(), cache.find(request()), answer({ 'cache-control': 'no-store' }), 1);
  expect(cache.find(request()).state).toBe('none');
});

test('one that is for other request headers is not used (Vary)', () => {
  const cache = cacheWith({ 'cache-control': 'max-age=60', vary: 'Accept-Encoding', etag: '"1"' });
  expect(cache.find(request()).state).toBe('fresh');
  expect(cache.find(request({ 'accept-encoding': 'identity' }))).toEqual({ state: 'vary', headers: {} });
});

test('two variants are kept beside each other', () => {
  const headers = { 'cache-control': 'max-age=60', vary: 'Accept-Encoding' };
  const cache = cacheWith(headers);
  const other = request({ 'accept-encoding': 'identity' });
  cache.update(other, cache.find(other), answer(headers), 1);
  expect([cache.find(request()).state, cache.find(other).state]).toEqual(['fresh', 'fresh']);
});

test('a response to POST is not kept', () => {
  const cache = new ResponseCache();
  const post = { ...request(), method: 'POST' };
  cache.update(post, cache.find(post), answer({ 'cache-control': 'max-age=60' }), 1);
  expect(cache.find(request()).state).toBe('none');
});

test.each([
  [
    { 'cache-control': 'max-age=31536000, immutable' },
    'may use it for 365 days without asking, even when you reload the page (max-age=31536000, immutable)',
  ],
  [{ 'cache-control': 'no-store' }, 'must not keep it (no-store)'],
  [{ 'cache-control': 'no-cache' }, 'keeps it, but asks each time whether it has changed (no-cache)'],
  [
    { 'cache-control': 'max-age=0, must-revalidate' },
    'keeps it, but asks each time whether it has changed (max-age=0, must-revalidate)',
  ],
  [{ etag: '"1"' }, 'asks each time whether it has changed (ETag)'],
])('%j in words', (headers, sentence) => {
  expect(ruleOf(answer(headers))).toBe(sentence);
});
