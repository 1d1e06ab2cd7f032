import { expect, test } from 'vitest';
import { parseRouters, type Router, readRouters, routesFor } from './routes.ts';
import { createSelector, hopName } from './select-route.ts';

const TABLE = `router a 192.0.2.1:1   # a comment
router b 192.0.2.2:1
router c 192.0.2.3:1
a 203.0.113.0/24 via b cost 2 delay 1ms
a 203.0.113.0/24 via c cost 3 delay 1ms
a 203.0.113.30/32 via c cost 9 delay 0ms
b 0.0.0.0/0 deliver 8181 cost 0 delay 0ms`;
const router = (name: string) => parseRouters(TABLE, 'table').get(name) as Router;
const hops = (selector: ReturnType<typeof createSelector>, address = '203.0.113.10') =>
  selector.candidateHops(address).map(({ route, why }) => `${hopName(route)}: ${why}`);

test('of the routes that match, those with the longest prefix count', () => {
  expect(routesFor('203.0.113.10', router('a')).map(hopName)).toEqual(['b', 'c']);
  expect(routesFor('203.0.113.30', router('a')).map(hopName)).toEqual(['c']);
  expect(routesFor('198.51.100.1', router('a'))).toEqual([]);
  expect(routesFor('198.51.100.1', router('b')).map(hopName)).toEqual(['destination']);
});

test('the lowest cost is first; a next hop that is down is last until its hold-down ends', () => {
  let now = 0;
  const selector = createSelector(router('a'), { holdDown: 1000, now: () => now });
  expect(hops(selector)).toEqual(['b: the lowest cost', 'c: the lowest cost']);
  selector.markDown(routesFor('203.0.113.10', router('a'))[0] as ReturnType<typeof routesFor>[0]);
  expect(hops(selector)).toEqual(['c: b is down', 'b: all next hops were down']);
  now = 1000;
  expect(hops(selector)[0]).toBe('b: the lowest cost');
});

test.each([
  ['router a', 'table:1: expected "router name address:port"'],
  ['router a 192.0.2.1:1\nrouter a 192.0.2.2:1', 'table:2: a router of this name is already defined'],
  ['router a 192.0.2.1:1\n\na 203.0.113.0/24 via b cost 1', 'table:3: expected "router network/bits via router'],
  ['router a 192.0.2.1:1\na 203.0.113.0/24 via b cost 1 delay 1ms', 'table:2: unknown router b'],
  ['b 203.0.113.0/24 deliver 1 cost 1 delay 1ms', 'table:1: unknown router b'],
  [
    'router a 192.0.2.1:1\na 203.0.113.0/24 deliver 1 cost 1 delay 2147483648ms',
    'table:2: delay takes a whole number from 0 to 2147483647 (ms)',
  ],
  ['router a 192.0.2.1:1\na 203.0.113.0/33 deliver 1 cost 1 delay 1ms', 'table:2: not an IPv4 network'],
])('%j is refused with file, line and reason', (text, message) => {
  expect(() => parseRouters(text, 'table')).toThrow(message);
});

test('in routes.txt corner has two equal-cost routes to the sites, and island is reached by south', () => {
  const corner = readRouters('services/router/routes.txt').get('corner') as Router;
  expect(hops(createSelector(corner, { holdDown: 1 })).slice(0, 2)).toEqual([
    'north: one of 2 equal-cost routes, in rotation',
    'south: one of 2 equal-cost routes, in rotation',
  ]);
  expect(hops(createSelector(corner, { holdDown: 1 }), '203.0.113.30').map((hop) => hop.split(':')[0])).toEqual([
    'lighthouse',
    'south',
  ]);
});
