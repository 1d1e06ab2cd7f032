import { SpanKind } from '@opentelemetry/api';
import { expect, test } from 'vitest';
import type { TraceSpan, Values } from '../model.ts';
import { treeOf } from '../tree.ts';
import { type PageLoad, type PageRequest, pageLoadIn } from './page-load.ts';
import { criticalRequests, durationWith } from './what-if.ts';

const span = (id: string, parent: string | null, name: string, [from, to]: [number, number], attributes: Values = {}) =>
  ({
    ...{ traceId: 't', spanId: id, parentSpanId: parent, service: 'visitor', scope: 'waybill', name },
    ...{ kind: ['GET', 'DNS lookup'].includes(name) ? SpanKind.CLIENT : SpanKind.INTERNAL, resource: {}, links: [] },
    ...{ start: 1000 + from, duration: to - from, attributes, status: 'unset', error: null },
    events: name === 'GET' ? [{ name: 'first byte', time: 1000 + to - 1, attributes: {} }] : [],
  }) as TraceSpan;

const URL_OF = 'http://tatis.test/';
const spans = [
  span('p', null, 'page load', [0, 30]),
  span('d', 'p', 'visit', [0, 20], { 'url.full': URL_OF, 'waybill.connection.number': 1 }),
  span('d1', 'd', 'DNS lookup', [0, 4]),
  span('d2', 'd', 'connect', [4, 6]),
  span('d3', 'd', 'GET', [6, 20], { 'http.response.body.size': 700, 'http.response.status_code': 200 }),
  span('a', 'p', 'visit', [21, 30], {
    ...{ 'url.full': `${URL_OF}a.css`, 'waybill.connection.number': 1, 'waybill.resource.initiator': URL_OF },
    'waybill.cache': 'same',
  }),
  span('a1', 'a', 'GET', [23, 30], { 'http.response.status_code': 304 }),
  span('b', 'p', 'visit', [21, 22], {
    ...{ 'url.full': `${URL_OF}b.svg`, 'waybill.connection': 'cached', 'waybill.resource.initiator': URL_OF },
    ...{ 'waybill.cache': 'fresh', 'waybill.cache.saved_bytes': 90, 'http.response.status_code': 200 },
  }),
];

test('a page load is its requests, with phases, bytes and what named them', () => {
  const load = pageLoadIn(treeOf(spans)) ?? expect.fail();
  expect(load.requests.map(({ phases }) => phases.map(({ phase, from, to }) => `${phase} ${from}–${to}`))).toEqual([
    ['dns 0–4', 'connect 4–6', 'wait 6–19', 'receive 19–20'],
    ['queued 21–23', 'wait 23–29', 'receive 29–30'],
    ['cached 21–22'],
  ]);
  expect(
    load.requests.map(({ initiator, bytes, saved, status, connection }) => ({
      initiator,
      bytes,
      saved,
      status,
      connection,
    })),
  ).toEqual([
    { initiator: null, bytes: 700, saved: 0, status: 200, connection: 'tatis.test · 1' },
    { initiator: 0, bytes: 0, saved: 0, status: 304, connection: 'tatis.test · 1' },
    { initiator: 0, bytes: 0, saved: 90, status: 200, connection: '' },
  ]);
});

test('any other trace has no page load', () => {
  expect(pageLoadIn(treeOf([span('a', null, 'visit', [0, 1])]))).toBeUndefined();
  expect(pageLoadIn(treeOf([]))).toBeUndefined();
});

/** A load of requests, each `[initiator, start, queued, end]`, over connections of one host. */
function loadOf(
  ...rows: [initiator: number | null, start: number, queued: number, end: number, lane?: number][]
): PageLoad {
  const requests = rows.map(
    ([initiator, start, queued, end, lane = 1], index) =>
      ({
        ...{ url: `${URL_OF}${index}`, priority: 'low', connection: `tatis.test · ${lane}`, initiator, start, end },
        phases: [
          { phase: 'queued', from: start, to: start + queued },
          { phase: 'wait', from: start + queued, to: end },
        ],
      }) as unknown as PageRequest,
  );
  return { duration: Math.max(...requests.map(({ end }) => end)), requests };
}

const chain = loadOf([null, 0, 0, 10], [0, 10, 0, 30], [1, 30, 0, 40], [0, 10, 0, 15, 2]);

test('the critical path goes from the document to the file that ends last', () => {
  expect(criticalRequests(chain)).toEqual([0, 1, 2]);
});

test('a request that waited for a connection waited for the one before it there', () => {
  expect(criticalRequests(loadOf([null, 0, 0, 10], [0, 10, 0, 30], [0, 10, 20, 40]))).toEqual([0, 1, 2]);
});

test('a file on the critical path that is cached shortens the load, another does not', () => {
  expect(durationWith(chain, { kind: 'cached', request: 1 })).toBe(20);
  expect(durationWith(chain, { kind: 'cached', request: 3 })).toBe(40);
});

test('a faster document moves everything; no request is faster than its wait', () => {
  expect(durationWith(chain, { kind: 'faster', request: 0, ms: 4 })).toBe(36);
  expect(durationWith(chain, { kind: 'faster', request: 0, ms: 100 })).toBe(30);
});

test('with one connection requests follow each other', () => {
  const beside = loadOf([null, 0, 0, 10], [0, 10, 0, 20, 1], [0, 10, 0, 20, 2], [0, 10, 0, 20, 3]);
  expect(durationWith(beside, { kind: 'connections', count: 1 })).toBe(40);
  expect(durationWith(beside, { kind: 'connections', count: 6 })).toBe(20);
});
