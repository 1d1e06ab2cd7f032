import { expect, test } from 'vitest';
import { anchorAtTick, createClock } from './clock.ts';

function sources(wall: number, steady: number) {
  const times = { wall, steady };
  const clock = createClock(
    { wall: () => times.wall, steady: () => times.steady },
    ({ wall, steady }) => wall() - steady(),
  );
  return { times, clock };
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

test('is anchored at a tick: a wall clock of whole milliseconds is met to the step of the steady one', () => {
  let microseconds = 123_456; // true time; each look at a clock takes 7 µs
  const look = () => {
    microseconds += 7;
    return microseconds / 1000;
  };
  const anchor = anchorAtTick({ wall: () => Math.floor(look()), steady: () => look() + 40 });
  expect(Math.abs(anchor + 40)).toBeLessThan(0.03);
});

test('is not misled by a tick that was noticed late', () => {
  let microseconds = 0;
  let looks = 0;
  const look = () => {
    looks += 1;
    microseconds += looks < 20 ? (looks * 7919) % 1300 : 7; // interrupted at first, each time for another while
    return microseconds / 1000;
  };
  const anchor = anchorAtTick({ wall: () => Math.floor(look()), steady: () => look() + 40 });
  expect(Math.abs(anchor + 40)).toBeLessThan(0.03);
});
