import fc from 'fast-check';
import { expect, test } from 'vitest';
import { didYouMean, editDistance } from './nearest.ts';

const NAMES = ['static', 'dynamic', 'slow', 'n-plus-1'];

test.each([
  ['statc', ' Did you mean "static"?'],
  ['dyn', ' Did you mean "dynamic"?'],
  ['slwo', ' Did you mean "slow"?'],
  ['nplus1', ' Did you mean "n-plus-1"?'],
  ['weather', ''],
  ['', ''],
])('"%s": the nearest name is "%s"', (typed, nearest) => {
  expect(didYouMean(typed, NAMES)).toBe(nearest);
});

test('the distance is that of the fewest changes: none for the same word, symmetric, at most the longer word', () => {
  const word = fc.string({ maxLength: 12 });
  fc.assert(
    fc.property(word, word, (a, b) => {
      const distance = editDistance(a, b);
      expect(distance).toBe(editDistance(b, a));
      expect(distance === 0).toBe(a === b);
      expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
    }),
  );
});
