import { expect, test } from 'vitest';
import { normalise } from './target.ts';

test.each([
  ['/', '/'],
  ['/a/b.css', '/a/b.css'],
  ['/a/', '/a/'],
  ['//a///b', '/a/b'],
  ['/a/./b', '/a/b'],
  ['/a/../b', '/b'],
  ['/a/b/..', '/a/'],
  ['/a/..', '/'],
  ['/%61', '/a'],
  ['/a/%2e%2E/b', '/b'],
  ['/a%2Fb', '/a/b'],
  ['/a%2f..%2fb', '/b'],
  ['/a%25', '/a%'],
  ['/caf%C3%A9', '/café'],
  ['/a%5c..%5cb', '/a\\..\\b'],
  ['/a/.b', '/a/.b'],
])('%s is normalised to %s', (path, expected) => {
  expect(normalise(path)).toBe(expected);
});

test.each(['', 'a', '*', '/..', '/a/../..', '/%2e%2e', '/%', '/%zz', '/%ff', '/%00', '/a/%2e%2e/%2e%2e/b'])(
  '%s is not a valid path',
  (path) => {
    expect(normalise(path)).toBeUndefined();
  },
);
