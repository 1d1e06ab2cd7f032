// What passes without OpenTelemetry too: tracestate belongs to the traceparent with which it came.

import { expect, test } from 'vitest';
import { passedOn } from './headers.ts';

test.each([
  [{ tracestate: 'a=1' }, {}, {}],
  [{ traceparent: 'x', tracestate: 'a=1' }, {}, { traceparent: 'x', tracestate: 'a=1' }],
  [{ traceparent: 'x', tracestate: 'a=1' }, { traceparent: 'y' }, { traceparent: 'y' }],
  [{ tracestate: 'a=1' }, { traceparent: 'y', tracestate: 'b=1' }, { traceparent: 'y', tracestate: 'b=1' }],
])('of %j, with %j, the worker gets %j', (received, instead, expected) => {
  expect(passedOn(received, instead)).toEqual(expected);
});
