import { expect, test } from 'vitest';
import { query, template } from './app.ts';
import type { RecordedSpan } from './spec.ts';

test.each([
  ['UPDATE job', { 'waybill.db.affected_rows': 1 }, 'The database has changed 1 row (1.00 ms).'],
  ['DELETE session', { 'waybill.db.affected_rows': 0 }, 'The database has changed 0 rows (1.00 ms).'],
  ['SELECT job', { 'db.response.returned_rows': 2 }, 'The database sends back 2 rows (1.00 ms).'],
  ['COMMIT', {}, 'COMMIT is done (1.00 ms).'],
])('the story of %s with %j ends: %s', (name, attributes, sentence) => {
  const span = { name, attributes, error: null, duration: 1 } as unknown as RecordedSpan;
  expect(query.story.after?.(span, { parent: undefined, children: [] })).toBe(sentence);
});

test.each([
  ['today.html', null, 'The page is written, personalised for you.'],
  ['404.html', null, 'The error page is written.'],
  ['today.html', 'no such block', 'The template cannot be filled in (no such block).'],
])('the story of the template %s, with the error %s, ends: %s', (name, error, sentence) => {
  const span = { name, attributes: { 'waybill.template.name': name }, error, duration: 1 } as unknown as RecordedSpan;
  expect(template.story.after?.(span, { parent: undefined, children: [] })).toBe(sentence);
});
