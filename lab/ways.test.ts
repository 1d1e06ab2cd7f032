import { expect, test } from 'vitest';
import type { TraceSpan } from '../traces/model.ts';
import { drawWays } from './ways.ts';

const letter = (...stops: [office: string, next: string | undefined][]) =>
  stops.map(
    ([office, next], start) =>
      ({
        service: 'router',
        name: 'forward',
        start,
        attributes: { 'service.instance.id': office, ...(next && { 'waybill.router.next_hop': next }) },
      }) as unknown as TraceSpan,
  );

test('ways stand side by side, a kept connection says that it has none', () => {
  const north = letter(['corner', 'north'], ['north', 'mailbox']);
  const south = letter(['corner', 'south'], ['south', undefined]);
  expect(drawWays([north, south, []]).split('\n')).toEqual([
    '  letter 1    letter 2           letter 3',
    '  corner      corner             connection kept: its way was chosen before',
    '  north       south',
    '  mailbox     ✗ no way onward',
    '',
  ]);
});

test('letters that passed no office have no ways to draw', () => {
  expect(drawWays([[], []])).toBe('');
  expect(drawWays([letter(['corner', 'north'])])).toBe('');
});
