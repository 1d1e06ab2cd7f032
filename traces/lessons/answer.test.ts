import { expect, test } from 'vitest';
import { isSameAnswer } from './answer.ts';

test.for([
  ['three', '3', true],
  ['Three spans', '3', true],
  ['3 times', '3', true],
  ['thirteen', '3', false],
  ['4', '3', false],
  ['3.0', '3', false],
  ['12 ms', '12.4', true],
  ['14', '12.4', false],
  ['brotli', 'br', true],
  ['gzip', 'br', false],
  ['connection refused', 'ECONNREFUSED', true],
  ['The connection was refused.', 'ECONNREFUSED', true],
  ['`econnrefused`', 'ECONNREFUSED', true],
  ['certificate has expired', 'CERT_HAS_EXPIRED', true],
  ['worker timeout', 'worker_timeout', true],
  ['"tatis.test"', 'tatis.test.', true],
  ['203.0.113.10', 'tatis.test., 203.0.113.10', true],
  ['', '3', false],
  ['-', '', false],
] as const)('"%s" for "%s": %s', ([given, wanted, same]) => {
  expect(isSameAnswer(given, wanted)).toBe(same);
});
