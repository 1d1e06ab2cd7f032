import { expect, test } from 'vitest';
import { scenarios } from '../../../../scenarios/scenarios.ts';
import { isNamedBy, lookItems } from './look.ts';

test('each sentence is a thing to do, with the names that it has in backticks', () => {
  expect(lookItems('Count the spans `ask` below `resolve`: three. Then read `waybill.dns.cache`: miss.')).toEqual([
    { text: 'Count the spans `ask` below `resolve`: three.', names: ['ask', 'resolve'] },
    { text: 'Then read `waybill.dns.cache`: miss.', names: ['waybill.dns.cache'] },
  ]);
});

test.for([
  ['`ask` is red.', { name: 'ask test.', attributes: {} }, true],
  ['`ask` is red.', { name: 'asking', attributes: {} }, false],
  ['Read `waybill.hsts`.', { name: 'visit', attributes: { 'waybill.hsts': true } }, true],
  ['Compare the two.', { name: 'visit', attributes: {} }, false],
] as const)('%s, %j: %s', ([text, span, isNamed]) => {
  expect(isNamedBy(lookItems(text)[0] as never, span)).toBe(isNamed);
});

test('every scenario has a sentence that can be ticked', () => {
  const without = scenarios.filter(({ look }) => lookItems(look).every(({ names }) => names.length === 0));
  expect(without.map(({ name }) => name)).toEqual([]);
});
