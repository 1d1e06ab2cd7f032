import { expect, test } from 'vitest';
import { Choice, nameOf } from './choice.ts';
import { type Office, parseOffices, readOffices, routesFor } from './routes.ts';

const TABLE = `office a 192.0.2.1:1   # a comment
office b 192.0.2.2:1
office c 192.0.2.3:1
a 203.0.113.0/24 via b cost 2 delay 1ms
a 203.0.113.0/24 via c cost 3 delay 1ms
a 203.0.113.30/32 via c cost 9 delay 0ms
b 0.0.0.0/0 deliver 8181 cost 0 delay 0ms`;
const office = (name: string) => parseOffices(TABLE, 'table').get(name) as Office;
const ways = (choice: Choice, address = '203.0.113.10') =>
  choice.nextHopsTo(address).map(({ route, why }) => `${nameOf(route)}: ${why}`);

test('of the lines that fit, those of the longest prefix count', () => {
  expect(routesFor('203.0.113.10', office('a')).map(nameOf)).toEqual(['b', 'c']);
  expect(routesFor('203.0.113.30', office('a')).map(nameOf)).toEqual(['c']);
  expect(routesFor('198.51.100.1', office('a'))).toEqual([]);
  expect(routesFor('198.51.100.1', office('b')).map(nameOf)).toEqual(['mailbox']);
});

test('the cheapest way is first; one that was found closed is last until its time is over', () => {
  let now = 0;
  const choice = new Choice(office('a'), { holdDown: 1000, now: () => now });
  expect(ways(choice)).toEqual(['b: the cheapest way', 'c: the cheapest way']);
  choice.foundClosed(routesFor('203.0.113.10', office('a'))[0] as ReturnType<typeof routesFor>[0]);
  expect(ways(choice)).toEqual(['c: gone around b', 'b: all ways seem closed']);
  now = 1000;
  expect(ways(choice)[0]).toBe('b: the cheapest way');
});

test.each([
  ['office a', 'table:1: expected "office name address:port"'],
  ['office a 192.0.2.1:1\noffice a 192.0.2.2:1', 'table:2: an office of this name stands here twice'],
  ['office a 192.0.2.1:1\n\na 203.0.113.0/24 via b cost 1', 'table:3: expected "office network/bits via office'],
  ['office a 192.0.2.1:1\na 203.0.113.0/24 via b cost 1 delay 1ms', 'table:2: there is no office b'],
  ['b 203.0.113.0/24 deliver 1 cost 1 delay 1ms', 'table:1: there is no office b'],
  [
    'office a 192.0.2.1:1\na 203.0.113.0/24 deliver 1 cost 1 delay 2147483648ms',
    'table:2: delay takes a whole number from 0 to 2147483647 (ms)',
  ],
  ['office a 192.0.2.1:1\na 203.0.113.0/33 deliver 1 cost 1 delay 1ms', 'table:2: no IPv4 network'],
])('%j is refused with file, line and reason', (text, message) => {
  expect(() => parseOffices(text, 'table')).toThrow(message);
});

test('in the file of the lab every letter to a site has two ways from the corner, and one to the island goes round', () => {
  const corner = readOffices('services/router/routes.txt').get('corner') as Office;
  expect(ways(new Choice(corner, { holdDown: 1 })).slice(0, 2)).toEqual([
    'north: one of 2 equal ways, by turns',
    'south: one of 2 equal ways, by turns',
  ]);
  expect(ways(new Choice(corner, { holdDown: 1 }), '203.0.113.30').map((way) => way.split(':')[0])).toEqual([
    'lighthouse',
    'south',
  ]);
});
