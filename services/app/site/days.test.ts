import { expect, test, vi } from 'vitest';
import { addDays, dayAt, inWords } from './days.ts';

test.each([
  ['2026-06-10T06:59:59Z', '2026-06-09'],
  ['2026-06-10T07:00:00Z', '2026-06-10'],
  ['2026-12-10T07:59:59Z', '2026-12-09'],
])('in San Diego the day of %s is %s', (time, day) => {
  expect(dayAt(new Date(time), 'America/Los_Angeles')).toBe(day);
});

test('a day has another name in another zone', () => {
  const time = new Date('2026-06-10T06:00:00Z');
  expect(['America/Los_Angeles', 'Asia/Tokyo'].map((zone) => dayAt(time, zone))).toEqual(['2026-06-09', '2026-06-10']);
});

test('days are added across the ends of months, and when clocks change', () => {
  expect([addDays('2026-02-28', 1), addDays('2026-03-08', 1), addDays('2026-01-01', -1)]).toEqual([
    '2026-03-01',
    '2026-03-09',
    '2025-12-31',
  ]);
});

test('a formatter is built once for each zone, not for each day', () => {
  dayAt(new Date(0), 'UTC');
  inWords('1970-01-01');
  const built = vi.spyOn(Intl, 'DateTimeFormat');
  for (let day = 0; day < 100; day++) inWords(dayAt(new Date(day * 86_400_000), 'UTC'));
  expect(built).not.toHaveBeenCalled();
  built.mockRestore();
});
