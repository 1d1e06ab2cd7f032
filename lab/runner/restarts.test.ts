import { expect, test } from 'vitest';
import { countEnds } from './restarts.ts';

test('started again at once, then after waits that double up to 3 s, then no more', () => {
  const ended = countEnds('service', () => 0);
  const waits = Array.from({ length: 9 }, () => ended(true));
  expect(waits.map((next) => next !== 'give up' && next.wait)).toEqual([
    0, 200, 400, 800, 1600, 3000, 3000, 3000, 3000,
  ]);
  expect(ended(true)).toBe('give up');
});

test('ends of more than a minute ago are forgotten', () => {
  let time = 0;
  const ended = countEnds('service', () => time);
  for (let end = 0; end < 100; end++) {
    expect(ended(true)).not.toBe('give up');
    time += 7000;
  }
  time += 60_000;
  expect(ended(true)).toEqual({ wait: 0 });
});

test('a worker that was up is started again at once, however often; one that does not come up is given up', () => {
  const ended = countEnds('worker', () => 0);
  for (let end = 0; end < 100; end++) expect(ended(true)).toEqual({ wait: 0 });
  const failures = Array.from({ length: 10 }, () => ended(false));
  expect(failures.at(-1)).toBe('give up');
});
