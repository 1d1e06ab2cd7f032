import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import type { TraceSpan } from '../../traces/model.ts';
import { drawRoutes } from './routes.ts';

const request = (...stops: [router: string, next: string | undefined][]) =>
  stops.map(
    ([router, next], start) =>
      ({
        service: 'router',
        name: 'forward',
        start,
        attributes: { 'service.instance.id': router, ...(next && { 'waybill.router.next_hop': next }) },
      }) as unknown as TraceSpan,
  );

test('routes stand side by side, and a kept connection is named', () => {
  const north = request(['corner', 'north'], ['north', 'destination']);
  const south = request(['corner', 'south'], ['south', undefined]);
  expect(drawRoutes([north, south, []]).split('\n')).toEqual([
    '  request 1          request 2          request 3',
    '  corner             corner             connection kept',
    '  north              south',
    '  destination        ✗ no next hop',
    '',
  ]);
});

test('a page is loaded over several connections, and has no one route', () => {
  const connect = { service: 'visitor', name: 'connect', start: 0, attributes: {} } as unknown as TraceSpan;
  const route = request(['corner', 'north'], ['north', 'destination']);
  expect(drawRoutes([[connect, ...route, connect, ...route], []])).toBe('');
  expect(drawRoutes([[connect, ...route], []])).not.toBe('');
});

test.each([60, 80, 200])('at %d columns many requests stand below each other, and no line is wider', (width) => {
  const long = request(['角の郵便局'.repeat(9), 'north'], ['👩‍👩‍👧e\u0301', 'destination']);
  const lines = drawRoutes(Array(12).fill(long), width).split('\n');
  expect(lines.filter((line) => stringWidth(line) > width)).toEqual([]);
  expect(lines.join('').match(/request \d+/g)).toHaveLength(12);
});

test('requests that passed no router have no routes to draw', () => {
  expect(drawRoutes([[], []])).toBe('');
  expect(drawRoutes([request(['corner', 'north'])])).toBe('');
});
