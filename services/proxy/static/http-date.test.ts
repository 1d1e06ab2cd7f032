import { expect, test } from 'vitest';
import { parseHttpDate } from './http-date.ts';

const THEN = Date.UTC(1994, 10, 6, 8, 49, 37) / 1000;

test.each([
  ['IMF-fixdate', 'Sun, 06 Nov 1994 08:49:37 GMT', THEN],
  ['RFC 850', 'Sunday, 06-Nov-94 08:49:37 GMT', THEN],
  ['asctime, which is UTC too', 'Sun Nov  6 08:49:37 1994', THEN],
  ['a leap second', 'Fri, 30 Jun 2012 23:59:60 GMT', Date.UTC(2012, 6, 1) / 1000],
])('%s', (_, text, seconds) => {
  expect(parseHttpDate(text)).toBe(seconds);
});

test.each([
  'yesterday',
  '',
  '0',
  '784111777',
  '1994-11-06T08:49:37Z',
  'Sun, 06 Nov 1994 08:49:37 +0100',
  'Sun, 06 Nov 1994 08:49:37',
  'Sun, 6 Nov 1994 08:49:37 GMT',
  'Sun, 31 Feb 1994 08:49:37 GMT',
  'Sun, 06 Nov 1994 24:49:37 GMT',
])('%j is not an HTTP-date', (text) => {
  expect(parseHttpDate(text)).toBeNaN();
});
