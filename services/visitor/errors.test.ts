import { expect, test } from 'vitest';
import { VisitFailure } from './errors.ts';

test.each([
  ['NODATA', 'The name has no address. Ask for a name that has an A record.'],
  ['EPIPE', 'EPIPE. Look at the trace.'],
  ['constructor', 'constructor. Look at the trace.'],
])('%s says what it means and what to do, one that is unknown at least its code', (code, message) => {
  expect(new VisitFailure(code).message).toBe(message);
});
