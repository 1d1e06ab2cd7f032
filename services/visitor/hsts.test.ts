import { expect, test } from 'vitest';
import { parseHsts } from './hsts.ts';

test.each([
  ['max-age=300', 300, false],
  ['max-age=0', 0, false],
  ['MAX-AGE=300', 300, false],
  ['max-age="300"', 300, false],
  ['max-age="3\\00"', 300, false],
  [' max-age = 300 ', 300, false],
  ['max-age=300;', 300, false],
  [';;max-age=300; ;', 300, false],
  ['max-age=300; includeSubDomains', 300, true],
  ['includesubdomains ;max-age=300', 300, true],
  ['max-age=300; preload', 300, false],
  ['max-age=300; other=1', 300, false],
  ['max-age=300; other="a;max-age=1"', 300, false],
  ['max-age=300; other="a\\";b"', 300, false],
  ['max-age=300; other=""', 300, false],
  ['max-age=00300', 300, false],
  ['max-age=99999999999999999999', 1e20, false],
])('%s', (value, maxAge, includeSubDomains) => {
  expect(parseHsts(value)).toEqual({ maxAge, includeSubDomains });
});

test.each([
  '',
  'preload',
  'max-age',
  'max-age=',
  'max-age=""',
  'max-age=-1',
  'max-age=+1',
  'max-age=1.5',
  'max-age=300abc',
  'max-age=0x10',
  'max-age=300 s',
  'max-age="300',
  "max-age='300'",
  'max-age=300, preload',
  'max-age=300 includeSubDomains',
  'max-age==300',
  '=300',
  '"max-age"=300',
  'max-age=300; max-age=300',
  'max-age=300; Max-Age=1',
  'max-age=300; other; other',
  'includeSubDomains; includeSubDomains; max-age=300',
  'max-age=300; includeSubDomains=1',
  'max-age=300; includeSubDomains=""',
  'max-age=300; other="a',
  'max-age=300; other=a b',
  'other="max-age=300"',
  'other="; max-age=300',
  'x-max-age=300',
  'max-age=３００',
])('an invalid header is ignored: %s', (value) => {
  expect(parseHsts(value)).toBeUndefined();
});
