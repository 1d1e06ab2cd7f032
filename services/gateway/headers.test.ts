// tracestate belongs to the traceparent that it came with, without OpenTelemetry too.

import { propagation } from '@opentelemetry/api';
import { expect, onTestFinished, test, vi } from 'vitest';
import { endToEndHeaders } from './headers.ts';

const withFields = (...fields: string[]) => {
  const spy = vi.spyOn(propagation, 'fields').mockReturnValue(fields);
  onTestFinished(() => spy.mockRestore());
};

test.each([
  [{ tracestate: 'a=1' }, {}, {}],
  [{ traceparent: 'x', tracestate: 'a=1' }, {}, { traceparent: 'x', tracestate: 'a=1' }],
  [{ traceparent: 'x', tracestate: 'a=1' }, { traceparent: 'y' }, { traceparent: 'y' }],
  [{ tracestate: 'a=1' }, { traceparent: 'y', tracestate: 'b=1' }, { traceparent: 'y', tracestate: 'b=1' }],
])('of %j, with %j, the worker gets %j', (received, overrides, expected) => {
  withFields();
  expect(endToEndHeaders(received, overrides)).toEqual(expected);
});

test('a process with a propagator never sends on the context of its caller, also where it sends none itself', () => {
  withFields('traceparent', 'tracestate', 'baggage');
  expect(endToEndHeaders({ traceparent: 'x', tracestate: 'a=1', baggage: 'b=2', accept: '*/*' })).toEqual({
    accept: '*/*',
  });
});
