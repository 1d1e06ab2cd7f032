import { expect, test } from 'vitest';
import { createClock, now } from './clock.ts';

function sources(wall: number, steady: number) {
  const times = { wall, steady };
  return { times, clock: createClock({ wall: () => times.wall, steady: () => times.steady }) };
}

test('keeps the fine resolution of the steady source between two ticks of the wall clock', () => {
  const { times, clock } = sources(1_000_000, 50);
  times.steady += 0.125;
  expect(clock()).toBe(1_000_000.125);
});

test('follows the wall clock after a sleep of an hour', () => {
  const { times, clock } = sources(1_000_000, 50);
  times.wall += 3_600_000;
  times.steady += 1;
  expect(clock()).toBe(4_600_000);
  times.steady += 0.5;
  expect(clock()).toBe(4_600_000.5);
});

test('follows the wall clock when it is set back', () => {
  const { times, clock } = sources(1_000_000, 50);
  times.wall -= 5_000;
  expect(clock()).toBe(995_000);
});

test('never goes back while the wall clock is within 10 ms', () => {
  const { times, clock } = sources(1_000_000, 50);
  const first = clock();
  times.wall -= 9;
  times.steady += 0.001;
  expect(clock()).toBeGreaterThan(first);
});

test('the lab clock is the time of day', () => {
  expect(Math.abs(now() - Date.now())).toBeLessThanOrEqual(11);
});
