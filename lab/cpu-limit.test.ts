import { expect, test } from 'vitest';
import { limitCpu, readShare } from './cpu-limit.ts';

test('a share is a percentage of the machine', () => {
  expect([readShare('25%'), readShare('100')]).toEqual([0.25, 1]);
});

test.each(['0%', '101%', 'half', ''])('--limit %j is refused', (text) => {
  expect(() => readShare(text)).toThrow(`--limit is "${text}": it takes a share of the machine's CPU, such as 25%`);
});

test('without control groups, the reason and what to do', () => {
  const roots = { v2: '/nowhere/v2', v1: '/nowhere/v1' };
  expect(() => limitCpu(0.25, roots)).toThrow(/could not be made at \/nowhere\/v1 .*ENOENT.* Run it as root on Linux/);
});
