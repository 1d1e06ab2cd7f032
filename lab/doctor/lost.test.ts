import { SpanKind } from '@opentelemetry/api';
import { describe, expect, test } from 'vitest';
import type { TraceSpan } from '../../traces/model.ts';
import { clockSkew, whereLost } from './lost.ts';

const SERVICES = ['visitor', 'dns', 'router', 'proxy', 'gateway', 'app'];

/** One span of each service, each below the one before, a millisecond later. */
function letter(services = SERVICES): TraceSpan[] {
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

const without = (...hops: string[]) => letter(SERVICES.filter((service) => !hops.includes(service)));

test('every hop there: fine', () => {
  expect(whereLost(letter(), [])).toEqual([
    { state: 'fine', message: 'One letter was sent: every hop is in its trace.' },
  ]);
});

test('nothing arrived', () => {
  expect(whereLost([], [])).toMatchObject([
    { state: 'broken', message: expect.stringContaining('no span of it arrived') },
  ]);
});

describe('the spans of one hop do not arrive', () => {
  test.for(SERVICES)('%s', (hop) => {
    expect(whereLost(without(hop), [])).toMatchObject([
      { state: 'broken', message: expect.stringContaining(`The spans of ${hop} do not arrive`) },
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
    expect(whereLost(without(...missing), [{ traceId: 'b', rootService: hop }])).toMatchObject([
      {
        state: 'broken',
        message: `The context is lost between ${before} and ${hop}: ${hop} began a trace of its own (b).`,
      },
    ]);
  });
});

test('a clock that differs is told by a span that begins before what asked for it', () => {
  const spans = letter().map((span) => (span.service === 'app' ? { ...span, start: span.start - 500 } : span));
  expect(clockSkew(spans)).toEqual({ service: 'app', by: -499 });
  expect(clockSkew(letter())).toBeNull();
});
