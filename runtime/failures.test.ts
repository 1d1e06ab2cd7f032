import { expect, test } from 'vitest';
import { defineFailures, failureTable, failureText } from './failures.ts';

const FAILURES = defineFailures({
  full: { status: 503, title: 'The queue is full', fix: 'Try again.' },
  timeout: { title: 'Nobody answered', fix: 'Wait, or ask a|b.' },
});

test('each failure knows its code', () => {
  expect(FAILURES.full).toEqual({ code: 'full', status: 503, title: 'The queue is full', fix: 'Try again.' });
});

test('a failure in words: what it means, what it concerns, what to do', () => {
  expect(failureText(FAILURES.full)).toBe('The queue is full. Try again.');
  expect(failureText(FAILURES.full, 'app')).toBe('The queue is full (app). Try again.');
});

test('the table of a man page; without the statuses where none has one', () => {
  expect(failureTable(FAILURES)).toBe(`| code | status | what it means | what to do |
| --- | --- | --- | --- |
| \`full\` | 503 | The queue is full | Try again. |
| \`timeout\` |  | Nobody answered | Wait, or ask a\\|b. |`);
  expect(failureTable({ timeout: FAILURES.timeout })).toContain('| code | what it means | what to do |');
});
