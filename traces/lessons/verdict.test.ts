import { SpanKind } from '@opentelemetry/api';
import { describe, expect, test } from 'vitest';
import type { TraceSpan, Values } from '../model.ts';
import { parseCheck } from './check-language.ts';
import { judgeLesson, type LearnersTrace } from './verdict.ts';

const CHECK = parseCheck(`
visit A
  has dns resolve waybill.dns.cache=miss
visit B after A
  has dns resolve waybill.dns.cache=hit
  no dns "ask *"
ask "How many were asked in the first?"
  count A dns "ask *"
ask "For how long may it be remembered?"
  value B dns resolve waybill.dns.ttl
`);

type Span = [service: string, name: string, attributes?: Values];

let minute = 0;
const trace = (traceId: string, ...spans: Span[]): LearnersTrace => {
  const start = ++minute * 60_000;
  return {
    traceId,
    spans: spans.map(
      ([service, name, attributes = {}], index): TraceSpan => ({
        traceId,
        spanId: `${traceId}-${index}`,
        parentSpanId: null,
        service,
        scope: 'waybill',
        name,
        kind: SpanKind.INTERNAL,
        start,
        duration: 12.4,
        attributes,
        resource: {},
        events: [{ name: 'route tried', time: start, attributes: {} }],
        links: [],
        status: 'unset',
        error: null,
      }),
    ),
  };
};

const COLD: Span[] = [
  ['dns', 'resolve', { 'waybill.dns.cache': 'miss', 'dns.question.name': 'tatis.test.' }],
  ['dns', 'ask .'],
  ['dns', 'ask test.'],
];
const WARM: Span[] = [['dns', 'resolve', { 'waybill.dns.cache': 'hit', 'waybill.dns.ttl': 299 }]];
const cold = trace('cold', ...COLD);
const warm = trace('warm', ...WARM);
const later = trace('later', ['dns', 'resolve', { 'waybill.dns.cache': 'miss' }]);

test('nothing sent: not done, and every clause is missing', () => {
  const verdict = judgeLesson(CHECK, []);
  expect(verdict.done).toBe(false);
  expect(verdict.visits[0]?.missing).toEqual(['a span "resolve" of dns where waybill.dns.cache = miss']);
});

test('the task is done when every visit is there and every answer is right', () => {
  expect(judgeLesson(CHECK, [cold, warm], ['2', '299 s'])).toEqual({
    done: true,
    visits: [
      { label: 'A', traceId: 'cold', missing: [], nearest: null },
      { label: 'B', traceId: 'warm', missing: [], nearest: null },
    ],
    answers: [
      expect.objectContaining({ question: 'How many were asked in the first?', right: true }),
      expect.objectContaining({ question: 'For how long may it be remembered?', right: true }),
    ],
  });
});

test('answers are held against the traces, so they are worth nothing without them', () => {
  const { done, answers } = judgeLesson(CHECK, [], ['2', '299']);
  expect([done, ...answers.map(({ right }) => right)]).toEqual([false, undefined, undefined]);
});

test('a wrong answer is not done, and says where the right one stands', () => {
  const { done, answers } = judgeLesson(CHECK, [cold, warm], ['3', '']);
  expect(done).toBe(false);
  expect(answers).toMatchObject([
    { right: false, where: 'the span "ask *" of dns in trace cold' },
    { right: undefined },
  ]);
});

test('order counts: what must come after does not stand before', () => {
  const { visits } = judgeLesson(CHECK, [warm, later]);
  expect(visits.map(({ traceId }) => traceId)).toEqual(['later', null]);
});

test('an earlier fitting trace is tried before it is said that none fits', () => {
  expect(judgeLesson(CHECK, [cold, warm, later], ['2', '299']).done).toBe(true);
});

test('of several that fit the newest counts: who tries again means the last one', () => {
  const again = [trace('cold again', ...COLD), trace('warm again', ...WARM)];
  const { visits } = judgeLesson(CHECK, [cold, warm, ...again, later]);
  expect(visits.map(({ traceId }) => traceId)).toEqual(['cold again', 'warm again']);
});

test('a later visit is found where an earlier one is missing', () => {
  const { visits } = judgeLesson(parseCheck('visit A\n has dns nothing\nvisit B after A\n has dns resolve'), [cold]);
  expect(visits.map(({ traceId }) => traceId)).toEqual([null, 'cold']);
});

test('the nearest trace is named with what it lacks', () => {
  const asking = trace('asking', ['dns', 'resolve', { 'waybill.dns.cache': 'hit' }], ['dns', 'ask test.']);
  const { visits } = judgeLesson(CHECK, [cold, asking]);
  expect(visits[1]).toEqual({
    label: 'B',
    traceId: null,
    missing: ['no span "ask *" of dns may be there'],
    nearest: 'asking',
  });
});

describe('an answer', () => {
  const answered = (question: string, given: string, fault?: string) => {
    const check = parseCheck(`hidden fault from dns.slow=400\nvisit A\nask "?"\n ${question}`);
    return judgeLesson(check, [cold], [given], fault).answers[0]?.right;
  };

  test.for([
    ['ms A dns resolve', '12', true],
    ['ms A dns resolve', '12.4 ms', true],
    ['ms A dns resolve', '14', false],
    ['events A dns resolve "route tried"', '1', true],
    ['count A other *', '0', true],
    ['count A dns *', '3.0', false],
    ['value A dns resolve waybill.dns.cache', 'MISS', true],
    ['value A dns resolve nothing', 'x', false],
    ['value A dns resolve dns.question.name', 'TATIS.test', true],
    ['value A dns resolve dns.question.name', 'tatis', false],
  ] as const)('to "%s", %s: %s', ([question, given, right]) => {
    expect(answered(question, given)).toBe(right);
  });

  test('to the hidden fault is its id', () => {
    expect([answered('fault', 'dns.slow', 'dns.slow'), answered('fault', 'dns.lost', 'dns.slow')]).toEqual([
      true,
      false,
    ]);
  });
});
