import { expect, test } from 'vitest';
import { checkPassword, hashPassword } from './passwords.ts';

test('a password matches its own hash and no other', async () => {
  const stored = await hashPassword('ola');
  expect(await checkPassword('ola', stored)).toBe(true);
  expect(await checkPassword('Ola', stored)).toBe(false);
  expect(await checkPassword('', stored)).toBe(false);
});

test('the same password has another hash each time', async () => {
  expect(await hashPassword('ola')).not.toBe(await hashPassword('ola'));
});

test('agrees with RFC 7914, 12, where the salt is the same', async () => {
  const stored = await hashPassword('pleaseletmein', Buffer.from('SodiumChloride'));
  const vector = Buffer.from('7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2', 'hex');
  expect(stored.split('$').at(-1)).toBe(vector.toString('base64url'));
});

test.each(['', 'x', 'md5$1$1$1$a$b', 'scrypt$16384$8$1$salt'])(
  '"%s" is not a hash that any password matches',
  async (stored) => {
    expect(await checkPassword('', stored)).toBe(false);
  },
);
