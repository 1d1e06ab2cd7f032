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

test('without the traces no answer is right or wrong', () => {
  const { done, answers } = judgeLesson(CHECK, [], ['2', '299']);
  expect([done, ...answers.map(({ right }) => right)]).toEqual([false, undefined, undefined]);
});

test('a wrong answer is not done, and says where the right one stands', () => {
  const { done, answers } = judgeLesson(CHECK, [cold, warm], ['3', '']);
  expect(done).toBe(false);
  expect(answers).toMatchObject([
    {
      right: false,
      where: 'the spans "ask …" of phonebook (dns) in visit A',
      wanted: 'a number',
      span: { traceId: 'cold', spanId: 'cold-1' },
    },
    { right: undefined },
  ]);
});

test('order counts: what must come after does not stand before', () => {
  const { visits } = judgeLesson(CHECK, [warm, later]);
  expect(visits.map(({ traceId }) => traceId)).toEqual(['later', null]);
});

test('an earlier fitting trace is tried before none fits', () => {
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

test('a right answer about older traces counts, though newer ones fit as well', () => {
  const other = trace('other', ['dns', 'resolve', { 'waybill.dns.cache': 'miss' }]);
  const otherWarm = trace('other warm', ['dns', 'resolve', { 'waybill.dns.cache': 'hit', 'waybill.dns.ttl': 12 }]);
  const { done, visits } = judgeLesson(CHECK, [cold, warm, other, otherWarm], ['2', '299']);
  expect([done, ...visits.map(({ traceId }) => traceId)]).toEqual([true, 'cold', 'warm']);
});

test('answers from traces that cannot be A and B at once are not right together', () => {
  const traces = [
    trace('first hit', ...WARM),
    trace('then miss', ...COLD),
    trace('other hit', ['dns', 'resolve', { 'waybill.dns.cache': 'hit' }]),
  ];
  expect(judgeLesson(CHECK, traces, ['2', '299']).done).toBe(false);
});

test('visits of one command are preferred to newer ones', () => {
  const ofScenario = (name: string, scenario: string) =>
    trace(name, ['visitor', 'visit', { 'waybill.scenario': scenario }]);
  const check = parseCheck('visit A\n has visitor visit\nvisit B after A\n has visitor visit');
  const traces = [ofScenario('1', 'lookups'), ofScenario('2', 'lookups'), ofScenario('3', 'dynamic')];
  expect(judgeLesson(check, traces).visits.map(({ traceId }) => traceId)).toEqual(['1', '2']);
});

test('of many traces that all fit, the right one is found', () => {
  const many = Array.from({ length: 100 }, (_, index) =>
    trace(`t${index}`, ['dns', 'resolve', { 'waybill.dns.ttl': index }]),
  );
  const check = parseCheck(
    `${['A', 'B', 'C', 'D'].map((label) => `visit ${label}\n has dns resolve`).join('\n')}
ask "?"
 value A dns resolve waybill.dns.ttl
ask "?"
 value D dns resolve waybill.dns.ttl`,
  );
  expect(judgeLesson(check, many, ['3', '17']).done).toBe(true);
});

describe('a hidden fault', () => {
  const check = parseCheck(
    'hidden fault from dns.slow=400 router.north=true\nshows dns.slow dns "ask *" ms>=10\nshows router.north router forward\nvisit A\nask "?"\n fault\nask "?"\n evidence',
  );
  const spanId = '00000000000000aa';
  const seen = trace('seen', ['dns', 'ask .']);
  const traces = [{ ...seen, spans: seen.spans.map((span) => ({ ...span, spanId })) }];

  test.for([
    ['dns.slow', spanId, true],
    ['dns.slow', `http://127.0.0.1:8190/traces/${'ab'.repeat(16)}?span=${spanId}`, true],
    ['dns.slow', '00000000000000ab', false],
    ['dns.slow', 'it is slow', false],
    ['router.north', spanId, false],
  ] as const)('answered by %s with %s: %s', ([id, evidence, done]) => {
    expect(judgeLesson(check, traces, [id, evidence], 'dns.slow').done).toBe(done);
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
