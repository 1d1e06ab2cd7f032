import { SpanKind } from '@opentelemetry/api';
import { expect, test } from 'vitest';
import { app, gateway, proxy, visitor } from '../otel/contract/index.ts';
import { SCOPE, type SpanSpec, spanNameOf } from '../otel/contract/spec.ts';
import { expectSpan } from '../scenarios/expect.ts';
import { judge } from './judge.ts';
import type { TraceSpan } from './model.ts';

const WORDS = { method: 'GET' };
const expected = expectSpan(
  visitor.visit,
  {},
  expectSpan(visitor.connect, {}),
  expectSpan(
    visitor.request,
    { words: WORDS },
    expectSpan(proxy.server, { words: WORDS, attributes: { 'url.path': '/' } }),
  ),
);

/** A span as `spec` wants it, with every required attribute. */
function span(
  spec: SpanSpec,
  spanId: string,
  parentSpanId: string | null,
  changes: Partial<TraceSpan> = {},
): TraceSpan {
  return {
    traceId: '1',
    spanId,
    parentSpanId,
    service: spec.service,
    scope: SCOPE,
    name: spanNameOf(spec, WORDS),
    kind: spec.kind,
    start: 0,
    duration: 1,
    attributes: Object.fromEntries(Object.keys(spec.attributes).map((name) => [name, name === 'url.path' ? '/' : 'x'])),
    resource: {},
    events: [],
    links: [],
    status: 'unset',
    error: null,
    ...changes,
  };
}

const right = () => [
  span(visitor.visit, 'a', null),
  span(visitor.connect, 'b', 'a'),
  span(visitor.request, 'c', 'a'),
  span(proxy.server, 'd', 'c'),
];
const NOTHING = { missing: [], unexpected: [], extra: [] };

test('a trace of exactly these spans is right', () => {
  expect(judge(expected, right())).toEqual(NOTHING);
});

test('the name of a learner on every span is expected', () => {
  const named = { 'waybill.learner': 'ola', 'waybill.baggage.learner': 'zoe' };
  const spans = right().map((each) => ({ ...each, attributes: { ...each.attributes, ...named } }));
  expect(judge(expected, spans)).toEqual(NOTHING);
});

test('no spans at all: everything is missing', () => {
  expect(judge(expected, []).missing).toEqual(['visitor visit', 'visitor connect', 'visitor GET', 'proxy GET']);
});

test('a span that did not come is missing, with all below it', () => {
  const { missing } = judge(expected, right().slice(0, 2));
  expect(missing).toEqual(['visitor GET, below visitor visit', 'proxy GET, below visitor visit']);
});

test('a span too many is unexpected', () => {
  const { unexpected } = judge(expected, [...right(), span(visitor.connect, 'e', 'a')]);
  expect(unexpected).toEqual(['visitor connect, below visitor visit']);
});

test('a span below the wrong parent is both missing and unexpected', () => {
  const spans = right();
  spans[3] = span(proxy.server, 'd', 'a');
  expect(judge(expected, spans)).toEqual({
    ...NOTHING,
    missing: ['proxy GET, below visitor GET'],
    unexpected: ['proxy GET, below visitor visit'],
  });
});

test('a span of the wrong kind is not the one expected', () => {
  const spans = right();
  spans[3] = span(proxy.server, 'd', 'c', { kind: SpanKind.CLIENT });
  expect(judge(expected, spans).missing).toEqual(['proxy GET, below visitor GET']);
});

test('an orphan is unexpected', () => {
  const { unexpected } = judge(expected, [...right(), span(visitor.connect, 'e', 'gone')]);
  expect(unexpected).toEqual(['visitor connect: a second root, or its parent is missing']);
});

test('a root whose parent is missing is unexpected, unless it may be called from outside', () => {
  const [visit, ...rest] = right();
  expect(judge(expected, [{ ...(visit as TraceSpan), parentSpanId: 'gone' }, ...rest]).unexpected).toEqual([]);
  const inner = expectSpan(visitor.request, { words: WORDS });
  expect(judge(inner, [span(visitor.request, 'c', 'gone')]).unexpected).toEqual(['visitor GET: its parent is missing']);
});

test('a required attribute that is not there is missing, one that the contract does not name is unexpected', () => {
  const spans = right();
  spans[1] = span(visitor.connect, 'b', 'a', {
    attributes: { 'waybill.route': 'direct', 'server.address': 'x', 'http.method': 'GET' },
  });
  expect(judge(expected, spans)).toEqual({
    ...NOTHING,
    missing: ['visitor connect: attribute server.port'],
    unexpected: ['visitor connect: attribute http.method'],
  });
});

test('an attribute with another value than the scenario says is unexpected', () => {
  const spans = right();
  spans[3] = span(proxy.server, 'd', 'c');
  spans[3].attributes['url.path'] = '/other';
  expect(judge(expected, spans).unexpected).toEqual(['proxy GET: url.path is "/other", not "/"']);
});

test('an event that the contract does not name is unexpected, an exception never', () => {
  const spans = right();
  const events = ['exception', 'gossip'].map((name) => ({ name, time: 0, attributes: {} }));
  spans[1] = span(visitor.connect, 'b', 'a', { events });
  expect(judge(expected, spans).unexpected).toEqual(['visitor connect: event gossip']);
});

test('a span of another scope is extra, and looked through', () => {
  const spans = right();
  const other = span(visitor.request, 'x', 'c', { scope: '@opentelemetry/instrumentation-http' });
  spans[3] = span(proxy.server, 'd', 'x');
  expect(judge(expected, [...spans, other])).toEqual({ ...NOTHING, extra: ['visitor GET'] });
});

test('below an attempt whose worker was lost, any part of the rest is accepted', () => {
  const served = expectSpan(gateway.server, { words: WORDS }, expectSpan(gateway.attempt, { words: WORDS }, expected));
  const lost = span(gateway.attempt, 'b', 'a');
  lost.attributes['error.type'] = 'worker_lost';
  expect(judge(served, [span(gateway.server, 'a', null), lost])).toEqual(NOTHING);
});

test('of a lost worker any part may be there, even torn off from its attempt; of another service nothing may', () => {
  const lost = { attributes: { ...span(gateway.attempt, '', null).attributes, 'error.type': 'worker_lost' } };
  const sent = expectSpan(gateway.server, { words: WORDS }, expectSpan(gateway.attempt, { words: WORDS }));
  const kept = [span(gateway.server, 'a', null), span(gateway.attempt, 'b', 'a', lost)];
  expect(judge(sent, [...kept, span(app.view, 'd', 'never sent')])).toEqual(NOTHING);
  expect(judge(sent, [...kept, span(proxy.location, 'd', 'never sent')]).unexpected).toHaveLength(1);
});

test('a chain of 100,000 spans too many is judged, and the verdict stays readable', () => {
  const chain = Array.from({ length: 100_000 }, (_, index) => span(visitor.connect, `x${index}`, `x${index - 1}`));
  const { unexpected } = judge(expected, [
    ...right(),
    { ...(chain[0] as TraceSpan), parentSpanId: 'a' },
    ...chain.slice(1),
  ]);
  expect(unexpected).toHaveLength(1001);
  expect(unexpected.at(-1)).toBe('and 99,000 more');
});

test('spans of others that go round in a circle are extra', () => {
  const other = (spanId: string, parent: string) => span(visitor.request, spanId, parent, { scope: 'other' });
  expect(judge(expected, [...right(), other('x', 'y'), other('y', 'x')])).toEqual({
    ...NOTHING,
    extra: ['visitor GET', 'visitor GET'],
  });
});

test('an attribute whose name every object has is unexpected', () => {
  const spans = right();
  spans[1] = span(visitor.connect, 'b', 'a');
  Object.assign(spans[1].attributes, { constructor: 'x' });
  expect(judge(expected, spans).unexpected).toEqual(['visitor connect: attribute constructor']);
});
