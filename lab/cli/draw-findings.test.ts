import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { span } from '../../tests/support/traces/diagnosis.ts';
import { diagnose } from '../../traces/diagnosis/diagnose.ts';
import { drawFindings, drawInShort } from './draw-findings.ts';

const VISITOR = 'http://127.0.0.1:8190';
const found = diagnose([span('1', null, { name: 'get_user/314159' })]);

test('a finding says where, since when, what, how to mend it, what the specification says, and which spans show it', () => {
  const text = stripVTControlCharacters(drawFindings(found, VISITOR, 400));
  for (const part of [
    '✗ shop ',
    '14:13:20.000', // BEGAN
    `${found[0]?.message}`,
    '→ Name the span by its route or its work',
    '"The span name SHOULD be the most general string',
    'https://opentelemetry.io/docs/specs/otel/trace/api/#span',
    `shop get_user/314159 ${VISITOR}/traces/${'a'.repeat(32)}?span=1`,
  ]) {
    expect(text).toContain(part);
  }
});

test('in short: a line, and the command that says more; nothing for a trace that is whole', () => {
  expect(drawInShort(found, 'a'.repeat(32), 400).map(stripVTControlCharacters)).toEqual([
    `! ${found[0]?.message}`,
    `  npm run doctor -- --trace ${'a'.repeat(32)}`,
  ]);
  expect(drawInShort([], 'a'.repeat(32))).toEqual([]);
  expect(drawFindings([], VISITOR)).toBe('Nothing is wrong with this trace.');
});

test('names from a trace do not reach the terminal as commands', () => {
  const hostile = diagnose([span('1', null, { service: '\u001b]0;x\u0007', name: 'get_user/314159' })]);
  expect(drawFindings(hostile, VISITOR, 400)).toContain('\\u001b]0;x\\u0007 get_user');
});
