import { expect, test } from 'vitest';
import { LANGUAGE } from '#texts/language.ts';
import { number, plural } from './format.ts';

test.each([
  [0, 0],
  [-0.4, 0],
  [999, 0],
  [1234, 0],
  [1234567.891, 2],
  [0.5, 2],
  [-1234.5, 1],
])('%d with %d digits after the point is written as Intl writes it', (value, digits) => {
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits, signDisplay: 'negative' } as const;
  expect(number(value, digits)).toBe(new Intl.NumberFormat(LANGUAGE, options).format(value));
});

test.each([
  [0, '0 spans'],
  [1, '1 span'],
  [1001, '1,001 spans'],
])('%d: %s', (count, words) => {
  expect(plural(count, { one: '# span', other: '# spans' })).toBe(words);
});
