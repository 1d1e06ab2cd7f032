import { SpanKind } from '@opentelemetry/api';
import { describe, expect, test } from 'vitest';
import type { TraceSpan } from '../../traces/model.ts';
import { clockSkew, findGaps } from './trace-gaps.ts';

const SERVICES = ['visitor', 'dns', 'router', 'proxy', 'gateway', 'app'];

/** One span of each service, each below the one before, a millisecond later. */
function spansOf(services = SERVICES): TraceSpan[] {
  return services.map((service, index) => ({
    traceId: 'a',
    spanId: service,
    parentSpanId: services[index - 1] ?? null,
    service,
    scope: 'waybill',
    name: 'GET',
    kind: SpanKind.INTERNAL,
    start: 1000 + index,
    duration: 100 - 2 * index,
    attributes: {},
    resource: {},
    events: [],
    links: [],
    status: 'unset',
    error: null,
  }));
}

const without = (...hops: string[]) => spansOf(SERVICES.filter((service) => !hops.includes(service)));

test('every hop is there: ok', () => {
  expect(findGaps(spansOf(), [])).toEqual([
    { state: 'ok', message: 'One request was sent: every hop is in its trace.' },
  ]);
});

test('nothing arrived', () => {
  expect(findGaps([], [])).toMatchObject([
    { state: 'failed', message: expect.stringContaining('no service delivered a span') },
  ]);
});

describe('the spans of one hop do not arrive', () => {
  test.for(SERVICES)('%s', (hop) => {
    expect(findGaps(without(hop), [])).toMatchObject([
      { state: 'failed', message: expect.stringContaining(`The spans of ${hop} do not arrive`) },
    ]);
  });
});

describe('the context is lost before a hop, which begins a trace of its own', () => {
  test.for([
    ['dns', 'visitor', ['dns']],
    ['router', 'visitor', ['router']],
    ['proxy', 'visitor', ['proxy', 'gateway', 'app']],
    ['gateway', 'proxy', ['gateway', 'app']],
    ['app', 'gateway', ['app']],
  ] as const)('%s', ([hop, before, missing]) => {
    expect(findGaps(without(...missing), [{ traceId: 'b', rootService: hop }])).toMatchObject([
      {
        state: 'failed',
        message: `The context is lost between ${before} and ${hop}: ${hop} began a trace of its own (b).`,
      },
    ]);
  });
});

test('a clock that differs shows in a span that begins before the one of its caller', () => {
  const spans = spansOf().map((span) => (span.service === 'app' ? { ...span, start: span.start - 500 } : span));
  expect(clockSkew(spans)).toEqual({ service: 'app', by: -499 });
  expect(clockSkew(spansOf())).toBeNull();
});
