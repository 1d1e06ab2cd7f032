import { expect, test } from 'vitest';
import type { TraceRow } from '../../../../services/visitor/api.ts';
import { pupilsIn } from './class.ts';

const row = (traceId: string, learner: string | null, lesson: string | null) =>
  ({ traceId, learner, lesson }) as TraceRow;

test('each learner is at the lesson of their newest request that has one, and is listed by name', () => {
  const rows = [
    row('5', 'zoe', null),
    row('4', null, null),
    row('3', 'Ola', 'the-phonebook'),
    row('2', 'zoe', 'its-memory'),
    row('1', 'Ola', 'what-a-trace-is'),
  ];
  expect(pupilsIn(rows).map(({ learner, lesson, last }) => [learner, lesson, last.traceId])).toEqual([
    ['Ola', 'the-phonebook', '3'],
    ['zoe', 'its-memory', '5'],
  ]);
});
