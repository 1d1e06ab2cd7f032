import { expect, test } from 'vitest';
import { addressBytes, addressText } from './address.ts';

test.each([
  ['192.0.2.7', 'c0000207', '192.0.2.7'],
  ['::', '00000000000000000000000000000000', '::'],
  ['::1', '00000000000000000000000000000001', '::1'],
  ['2001:DB8::10', '20010db8000000000000000000000010', '2001:db8::10'],
  ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008', '1:2:3:4:5:6:7:8'],
  ['::ffff:192.0.2.7', '00000000000000000000ffffc0000207', '::ffff:192.0.2.7'],
  ['64:ff9b::192.0.2.7', '0064ff9b0000000000000000c0000207', '64:ff9b::c000:207'],
  ['fe80::', 'fe800000000000000000000000000000', 'fe80::'],
])('%s is %s', (text, hex, canonical) => {
  const bytes = addressBytes(text);
  expect(bytes?.toString('hex')).toBe(hex);
  expect(addressText(bytes as Buffer)).toBe(canonical);
});

test.each(['', '192.0.2', '192.0.2.256', '01.2.3.4', 'fe80::1%eth0', '::1%1', '1::2::3', '12345::', 'localhost'])(
  '"%s" is not an address',
  (text) => expect(addressBytes(text)).toBeUndefined(),
);
