import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { cut, padEnd, padStart, wrap } from './screen.ts';

const TEXTS = [
  'plain words',
  '電話帳に聞く',
  '👩‍👩‍👧👍🏽 family',
  'e\u0301cole nai\u0308ve',
  '\u{1F1F5}\u{1F1F1}\u{1F1EF}\u{1F1F5}',
  '漢'.repeat(200),
];

test.each(TEXTS)('%s: is cut and filled to the columns of a terminal, between whole characters', (text) => {
  for (const width of [1, 7, 8, 40]) {
    expect(stringWidth(cut(text, width))).toBeLessThanOrEqual(width);
    expect(stringWidth(padEnd(cut(text, width), width))).toBe(width);
    expect(stringWidth(padStart(cut(text, width), width))).toBe(width);
    expect(cut(text, width)).not.toMatch(/\p{Cs}|\u200d…/u);
  }
});

test('what fits is not cut', () => {
  expect(cut('電話帳', 6)).toBe('電話帳');
  expect(cut('電話帳', 5)).toBe('電話…');
  expect(cut('e\u0301e\u0301e\u0301', 2)).toBe('e\u0301…');
  expect(cut('abc', 0)).toBe('');
});

test.each([60, 80, 200])('at %d columns a text without spaces is broken, a URL is not', (width) => {
  expect(wrap('漢'.repeat(500), width).every((line) => stringWidth(line) <= width)).toBe(true);
  const url = `http://127.0.0.1/${'x'.repeat(300)}`;
  expect(wrap(`see ${url} there`, width)).toEqual(['see', url, 'there']);
});
