import { describe, expect, test } from 'vitest';
import { parseCheck } from './check-language.ts';

test('a check is read into visits, clauses and questions', () => {
  const check = parseCheck(
    [
      'visit A',
      '  has dns "ask *" waybill.dns.cache=miss  # a remark',
      'visit B after A',
      'ask "How many?"',
      '  count B dns *',
    ].join('\n'),
  );
  expect(check).toMatchObject({
    visits: [
      {
        label: 'A',
        after: null,
        clauses: [
          {
            kind: 'has',
            span: {
              service: 'dns',
              name: 'ask *',
              conditions: [{ attribute: 'waybill.dns.cache', operator: '=', value: 'miss' }],
            },
          },
        ],
      },
      { label: 'B', after: 'A', clauses: [] },
    ],
    questions: [{ text: 'How many?', kind: 'count', visit: 'B', span: { service: 'dns', name: '*' } }],
  });
});

test('a value with a space is quoted', () => {
  const [visit] = parseCheck('visit A\n has proxy "static file" waybill.file.outcome="not modified"').visits;
  expect(visit?.clauses[0]?.span.conditions[0]?.value).toBe('not modified');
});

describe('a mistake is named by its line', () => {
  test.for([
    ['vist A', 'line 1: "vist" is not a statement'],
    ['constructor', 'line 1: "constructor" is not a statement'],
    ['has dns resolve', 'line 1: "has" must stand below a visit'],
    ['visit A\nvisit A', 'line 2: there are two visits "A"'],
    ['visit A after B', 'line 1: there is no visit "B" before this one'],
    ['visit A\nhas dns', 'line 2: expected a span'],
    ['visit A\nhas dns resolve cache', 'line 2: "cache" is not a condition'],
    ['visit A\ncount dns resolve 3', 'line 2: count ends with'],
    ['visit A\nhas dns "ask', 'line 2: cannot be parsed from'],
    ['visit A\nask "How many?"', 'line 2: a question needs a line after it'],
    ['visit A\nask "How many?"\ncount B dns *', 'line 3: there is no visit "B"'],
    ['visit A\nvalue A dns resolve x', 'line 2: "value" must stand below a question'],
    ['visit A\nask "Which?"\nfault', 'line 3: there is no hidden fault'],
    ['visit A\nhidden fault from dns.slow', 'line 2: "dns.slow" is not a fault and its value'],
    ['visit A\nhidden fault', 'line 2: expected: hidden fault from'],
    ['visit A\nshows dns.slow dns "ask *"', 'line 2: there is no hidden fault "dns.slow"'],
    ['# nothing', 'line 1: a check needs at least one visit'],
  ] as const)('%s', ([source, message]) => {
    expect(() => parseCheck(source)).toThrow(message);
  });
});
