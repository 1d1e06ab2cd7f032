import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FAILURES, VisitFailure } from './errors.ts';

test('every failure stands in the man page', () => {
  const page = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8');
  expect(Object.keys(FAILURES).filter((code) => !page.includes(`\`${code}\``))).toEqual([]);
});

test('a failure says what it means and what to do, an unknown one at least its code', () => {
  expect(new VisitFailure('NXDOMAIN').message).toBe(
    'Nobody has this name. Names resolve only inside the lab: tatis.test, www.tatis.test, djangogirls.test.',
  );
  expect(new VisitFailure('EPIPE').message).toBe('EPIPE. Look at the trace.');
});
