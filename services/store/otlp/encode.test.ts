import { expect, test } from 'vitest';
import { decode } from './decode.ts';
import { encode } from './encode.ts';
import { SPAN } from './messages.ts';

test.each([
  '1',
  '999999999999999999',
  '1000000000000000000',
  '1795218426540542475',
  '1000000004294967295',
  '1844674407370955161',
  '8999999999999999999',
  '9000000000000000000',
  '18446744073709551615',
])('%s nanoseconds come back to the last digit', (startTimeUnixNano) => {
  expect(decode(SPAN, encode(SPAN, { startTimeUnixNano }))).toEqual({ startTimeUnixNano, status: {} });
});

test.each(['', 'ż', 'a'.repeat(99), `${'a'.repeat(98)}ż`, '🐈'.repeat(1000)])('the text %j comes back', (name) => {
  expect(decode(SPAN, encode(SPAN, { name })).name ?? '').toBe(name);
});

test('what is larger than was guessed makes the buffer grow', () => {
  const attributes = Array.from({ length: 1000 }, (_, index) => ({ key: `key ${index}`, value: { intValue: '-1' } }));
  expect(decode(SPAN, encode(SPAN, { attributes }, 1))).toEqual({ attributes, status: {} });
});
