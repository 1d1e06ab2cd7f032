import { expect, test } from 'vitest';
import { printable } from './printable.ts';

test.each([
  ['a title for the window, a cleared screen', '\x1b]0;X\x07\x1b[2J', '\\u001b]0;X\\u0007\\u001b[2J'],
  ['C1: the same in one byte', '\u009b2J\u0090', '\\u009b2J\\u0090'],
  ['a line that overwrites itself', 'a\rb\nc\td\b\0', 'a\\rb\\nc\\td\\u0008\\u0000'],
  ['DEL', '\x7f', '\\u007f'],
  ['text that runs backwards', 'a\u202eb\u2066c\u200fd\u061ce', 'a\\u202eb\\u2066c\\u200fd\\u061ce'],
  ['other ends of a line', 'a\u2028b\u2029c\u0085', 'a\\u2028b\\u2029c\\u0085'],
  ['half of a pair', 'a\ud83d', 'a\\ud83d'],
])('%s is shown, not obeyed', (_what, text, shown) => {
  expect(printable(text)).toBe(shown);
});

test('other text stays as it is, whatever its script', () => {
  const text = 'GET /jobs/<int:pk>/ "C:\\new" Zażółć 日本 שלום می‌خواهم 👩‍🚀';
  expect(printable(text)).toBe(text);
});

test('JSON made printable is the same JSON', () => {
  const value = { name: '\x1b[2J\u009b\x7f\u202e', list: ['\n'] };
  expect(JSON.parse(printable(JSON.stringify(value)))).toEqual(value);
});
