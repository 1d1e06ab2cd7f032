// For tests: random and malformed traces, by fast-check.

import fc from 'fast-check';
import type { TraceSpan } from '../../../traces/model.ts';

const id = fc.constantFrom(...'abcdefghij');

const span: fc.Arbitrary<TraceSpan> = fc
  .record({
    spanId: id,
    parentSpanId: fc.option(fc.oneof(id, fc.constant('elsewhere'))),
    service: fc.constantFrom('visitor', 'dns', 'router', 'proxy', 'gateway', 'app', 'else', ''),
    name: fc.constantFrom(
      'visit',
      'DNS lookup',
      'GET',
      'ask .',
      'answer',
      'forward',
      'queue',
      'view x',
      'template x',
      '',
    ),
    scope: fc.constantFrom('waybill', 'another'),
    kind: fc.constantFrom(0, 1, 2),
    start: fc.double({ min: 1000, max: 1100, noNaN: true }),
    duration: fc.double({ min: 0, max: 200, noNaN: true }),
    moments: fc.array(fc.double({ min: 900, max: 1400, noNaN: true }), { maxLength: 3 }),
  })
  .map(({ moments, ...rest }) => ({
    ...rest,
    traceId: 't',
    attributes: {},
    resource: {},
    events: moments.map((time) => ({ name: 'first byte', time, attributes: {} })),
    links: [],
    status: 'unset',
    error: null,
  }));

/** Any trace of one to 25 spans, in the order of start. */
export const anyTrace: fc.Arbitrary<TraceSpan[]> = fc
  .array(span, { minLength: 1, maxLength: 25 })
  .map((spans) => spans.sort((a, b) => a.start - b.start));
