import { expect, test } from 'vitest';
import { withoutCredentials } from './url.ts';

test.each([
  ['http://tatis.test/a?b=1#c', 'http://tatis.test/a?b=1#c'],
  ['http://ola:secret@tatis.test:8180/a', 'http://REDACTED:REDACTED@tatis.test:8180/a'],
  ['https://ola@tatis.test/', 'https://REDACTED:REDACTED@tatis.test/'],
  ['https://:secret@tatis.test/', 'https://REDACTED:REDACTED@tatis.test/'],
  ['https://o@l@a:se@cret@tatis.test', 'https://REDACTED:REDACTED@tatis.test'],
  ['HTTP://ola:%40@[::1]/', 'HTTP://REDACTED:REDACTED@[::1]/'],
  ['postgresql://waybill:secret@db:5432/site', 'postgresql://REDACTED:REDACTED@db:5432/site'],
  ['http://tatis.test/@ola?mail=ola@tatis.test', 'http://tatis.test/@ola?mail=ola@tatis.test'],
  ['http://tatis.test/?to=http://ola:secret@evil.test/', 'http://tatis.test/?to=http://REDACTED:REDACTED@evil.test/'],
  ['/a?sig=secret&b=1', '/a?sig=REDACTED&b=1'],
  [
    'https://a.test/?AWSAccessKeyId=k&Signature=s&X-Goog-Signature=g#x',
    'https://a.test/?AWSAccessKeyId=REDACTED&Signature=REDACTED&X-Goog-Signature=REDACTED#x',
  ],
  ['sig=secret&design=1', 'sig=REDACTED&design=1'],
])('%s is shown as %s', (url, shown) => {
  expect(withoutCredentials(url)).toBe(shown);
});

test('a long text takes no more than its length in steps', () => {
  for (const text of ['a.', 'a:', '://', 'a://', 'sig=']) withoutCredentials(`${text.repeat(500_000)}@`);
});
