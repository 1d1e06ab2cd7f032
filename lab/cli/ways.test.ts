import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import type { TraceSpan } from '../../traces/model.ts';
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
    '  letter 1           letter 2           letter 3',
    '  corner             corner             connection kept',
    '  north              south',
    '  mailbox            ✗ no way onward',
    '',
  ]);
});

test.each([60, 80, 200])('at %d columns many letters stand below each other, and no line is wider', (width) => {
  const long = letter(['角の郵便局'.repeat(9), 'north'], ['👩‍👩‍👧e\u0301', 'mailbox']);
  const lines = drawWays(Array(12).fill(long), width).split('\n');
  expect(lines.filter((line) => stringWidth(line) > width)).toEqual([]);
  expect(lines.join('').match(/letter \d+/g)).toHaveLength(12);
});

test('letters that passed no office have no ways to draw', () => {
  expect(drawWays([[], []])).toBe('');
  expect(drawWays([letter(['corner', 'north'])])).toBe('');
});
