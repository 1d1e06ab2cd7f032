// The filter of GET /traces and GET /live.

import { expect, test } from 'vitest';
import type { TraceRow } from '../api.ts';
import { parseFilter } from '../routes/traces.ts';
import { rowMatches } from './row-matches.ts';

const row = (changes: Partial<TraceRow>): TraceRow => ({
  ...{ traceId: '4bf92f3577b34da6a3ce929d0e0e4736', name: 'visitor visit', method: 'GET', url: 'http://tatis.test/' },
  ...{ status: 200, scenario: 'dynamic', learner: null, lesson: null, startTime: 0, durationMs: 24.1 },
  ...{ spanCount: 25, errorCount: 0, services: [] },
  ...changes,
});

test.each<[string, Partial<TraceRow>, boolean]>([
  ['', {}, true],
  ['status=200', {}, true],
  ['status=5xx', { status: 503 }, true],
  ['status=5xx', { status: 200 }, false],
  ['status=5xx', { status: null }, false],
  ['status=none', { status: null }, true],
  ['status=none', { status: 404 }, false],
  ['q=tatis+visit', {}, true],
  ['q=tatis+jobs', {}, false],
  ['q=TATIS', {}, true],
  ['q=4bf92f35', {}, true],
  ['q=b34da6', {}, true],
  ['scenario=dynamic', {}, true],
  ['', { scenario: 'doctor' }, false],
  ['scenario=doctor', { scenario: 'doctor' }, true],
  ['scenario=n-plus', { scenario: 'n-plus-1' }, false],
  ['q=n-plus', { scenario: 'n-plus-1' }, true],
  ['scenario=dynamic', { scenario: null }, false],
  ['minDuration=24.1', {}, true],
  ['minDuration=25', {}, false],
  ['maxDuration=24', {}, false],
  ['learner=ola', { learner: 'ola' }, true],
  ['learner=ola', {}, false],
  ['learner=*', { learner: 'ola' }, true],
])('filter %s, trace with %j: %s', (query, changes, wanted) => {
  expect(rowMatches(row(changes), parseFilter(new URLSearchParams(query), undefined))).toBe(wanted);
});

test("without a learner in the query it is the lab's own", () => {
  const filter = parseFilter(new URLSearchParams(''), 'ola');
  expect([rowMatches(row({ learner: 'ola' }), filter), rowMatches(row({ learner: 'kim' }), filter)]).toEqual([
    true,
    false,
  ]);
});

test.each(['status=50', 'status=6xx', 'minDuration=soon', 'limit=0', 'limit=201'])('%s is refused', (query) => {
  expect(() => parseFilter(new URLSearchParams(query), undefined)).toThrow();
});
