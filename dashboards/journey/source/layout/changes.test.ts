import { expect, test } from 'vitest';
import type { TraceSpan } from '../../../../traces/model.ts';
import { changesBetween } from './changes.ts';

const span = (spanId: string, parentSpanId: string | null, name: string, more: Partial<TraceSpan> = {}): TraceSpan => ({
  traceId: 't',
  spanId,
  parentSpanId,
  service: 'dns',
  scope: 'waybill',
  name,
  kind: 0,
  start: 0,
  duration: 10,
  attributes: {},
  resource: {},
  events: [],
  links: [],
  status: 'unset',
  error: null,
  ...more,
});
const cold = [
  span('1', null, 'resolve', { attributes: { 'waybill.dns.cache': 'miss' } }),
  span('2', '1', 'ask .'),
  span('3', '2', 'answer'),
  span('4', '1', 'ask test.'),
];
const warm = [span('1', null, 'resolve', { duration: 4, attributes: { 'waybill.dns.cache': 'hit' } })];

test('spans that are gone are named without those below them, then attributes, then the time', () => {
  expect(changesBetween(cold, warm)).toEqual([
    'No longer there: `ask .`, `ask test.`.',
    '`waybill.dns.cache`: miss → hit.',
    '6.00 ms faster.',
  ]);
});

test('new spans are named', () => {
  expect(changesBetween(warm, cold)[0]).toBe('New: `ask .`, `ask test.`.');
});

test('a trace without spans is compared with nothing', () => {
  expect(changesBetween([], cold)).toEqual([]);
});
