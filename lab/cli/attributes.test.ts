import { expect, test } from 'vitest';
import type { TraceSpan } from '../../traces/model.ts';
import { drawAttributes } from './attributes.ts';

const SPAN: TraceSpan = {
  traceId: 't',
  spanId: '00f067aa0ba902b7',
  parentSpanId: null,
  service: 'proxy',
  scope: 'waybill',
  name: 'location',
  kind: 0,
  start: 1000,
  duration: 3.9,
  attributes: { 'waybill.location.rule': '/static/', 'dns.answers': ['a', 'b'] },
  resource: {},
  events: [{ name: 'rule tried', time: 1000.5, attributes: { rule: '= /' } }],
  links: [],
  status: 'unset',
  error: null,
};

test('a span has its id, a line for each attribute and for each event', () => {
  expect(drawAttributes([SPAN]).split('\n')).toEqual([
    'proxy  location  3.90 ms  span 00f067aa0ba902b7',
    '  waybill.location.rule = /static/',
    '  dns.answers = a, b',
    '  · 0.50 ms rule tried: rule = = /',
  ]);
});

test('control characters of a trace do not reach the terminal', () => {
  expect(drawAttributes([{ ...SPAN, name: 'a\u001b[31mb' }])).not.toContain('\u001b[31m');
});
