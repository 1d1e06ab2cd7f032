// Which values of Host are malformed by RFC 3986 (3.2.2), and so refused by RFC 9112 (3.2). nginx 1.22 takes many of them.

import { expect, test } from 'vitest';
import { isHost } from './host.ts';

test.each([
  ...[
    'tatis.test',
    'TATIS.test',
    'tatis.test:8180',
    'tatis.test:',
    'tatis.test:99999',
    'tatis.test.',
    'a_b',
    '-a',
    '1.2',
  ],
  ...['127.0.0.1', '[::1]', '[::1]:80', '[::ffff:127.0.0.1]', '%41', "a!$&'()*+,;=b", 'a'.repeat(8000), 'xn--9ca'],
])('%s', (host) => expect(isHost(host)).toBe(true));

test.each([
  ...[
    '',
    ' ',
    '[',
    ']',
    '[]',
    '[::1',
    '::1',
    '[::1]x',
    '[zz]',
    '[1.2.3.4]',
    '[::1]:80a',
    ':80',
    ':',
    'a b',
    'a\tb',
    '@',
  ],
  ...[
    'u@tatis.test',
    'u:p@tatis.test',
    '%',
    '%4',
    '%zz',
    'tatis.test:80a',
    'tatis.test:-1',
    'tatis.test:80:80',
    'a/b',
    'a?b',
  ],
  ...['a#b', 'a\\b', 'a"b', '<a>', '{a}', 'a|b', 'a^b', 'a`b', 'a\x7fb', 'é', 'a, b'],
])('not "%s"', (host) => expect(isHost(host)).toBe(false));
