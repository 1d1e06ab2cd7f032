import { expect, test } from 'vitest';
import type { TraceSpan } from '../traces/model.ts';
import { mapOf, svgOf } from './map.ts';

let count = 0;
const span = (service: string, name: string, parent?: TraceSpan, more: Partial<TraceSpan> = {}): TraceSpan => ({
  ...{ traceId: 't', spanId: String(++count), parentSpanId: parent?.spanId ?? null, service, scope: 'waybill', name },
  ...{ kind: 0, start: count, duration: 10, attributes: {}, resource: {}, events: [], links: [] },
  ...{ status: 'unset', error: null },
  ...more,
});

function visit(error: string | null = null): TraceSpan[] {
  const root = span('visitor', 'visit');
  const server = span('proxy', 'GET', root, { kind: 1 });
  return [root, server, span('proxy', 'static file', server, { error })];
}

const deployment = () => {
  const root = span('developer', 'deploy title');
  const push = span('developer', 'git push', root, { kind: 2 });
  return [root, push, span('pipeline', 'RUN deploy', push, { kind: 1 })];
};

test('a stop says in how many traces it was, and in how many something failed there', () => {
  const { traces, stops } = mapOf([visit(), visit('broken'), deployment()], 'visit');
  expect(traces).toBe(2);
  expect(stops.map(({ place, traces, failed }) => [place, traces, failed])).toEqual([
    ['you', 2, 0],
    ['mailbox', 2, 0],
    ['proxy', 2, 0],
    ['static', 2, 1],
  ]);
});

test('what no trace has been to is on neither map', () => {
  const map = mapOf([visit(), deployment()], 'deployment');
  expect(map.stops.map(({ place }) => place)).toEqual(['developer', 'repository', 'pipeline']);
  expect(map.roads.map(({ from, to }) => `${from} ${to}`)).toEqual(['developer repository', 'repository pipeline']);
  expect(svgOf(map)).not.toContain('first visitor');
  expect(svgOf(map).match(/<circle/g)).toHaveLength(3);
});
