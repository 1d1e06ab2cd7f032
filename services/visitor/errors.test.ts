import { expect, test } from 'vitest';
import { VisitFailure } from './errors.ts';

test.each([
  ['NODATA', 'The name has no address. Use a name that has an A record.'],
  ['EPIPE', 'EPIPE. Look at the trace.'],
  ['constructor', 'constructor. Look at the trace.'],
])('the message of %s says what it means and what to do', (code, message) => {
  expect(new VisitFailure(code).message).toBe(message);
});
