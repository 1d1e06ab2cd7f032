import { expect, test } from 'vitest';
import { query } from './app.ts';
import type { RecordedSpan } from './spec.ts';

test.each([
  ['UPDATE job', { 'waybill.db.affected_rows': 1 }, '1 row changed'],
  ['DELETE session', { 'waybill.db.affected_rows': 0 }, '0 rows changed'],
  ['SELECT job', { 'db.response.returned_rows': 2 }, '2 rows came back'],
  ['COMMIT', {}, 'done'],
])('the story of %s with %j says: %s', (name, attributes, rows) => {
  const span = { name, attributes, error: null, duration: 1 } as unknown as RecordedSpan;
  expect(query.story?.before?.(span, { parent: undefined, children: [] })).toBe(
    `The database is asked: ${name}; ${rows} (1.00 ms).`,
  );
});
