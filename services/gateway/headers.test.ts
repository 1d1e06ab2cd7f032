// tracestate belongs to the traceparent that it came with. A process with a propagator never sends on its caller's context.

import { expect, test } from 'vitest';
import { endToEndHeaders } from './headers.ts';

test.each([
  [{ tracestate: 'a=1' }, {}, {}],
  [{ traceparent: 'x', tracestate: 'a=1' }, {}, {}],
  [{ traceparent: 'x', tracestate: 'a=1' }, { traceparent: 'y' }, { traceparent: 'y' }],
  [{ tracestate: 'a=1' }, { traceparent: 'y', tracestate: 'b=1' }, { traceparent: 'y', tracestate: 'b=1' }],
])('of %j, with %j, the worker gets %j', (received, overrides, expected) => {
  expect(endToEndHeaders(received, overrides)).toEqual(expected);
});
