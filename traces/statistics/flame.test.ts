import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyTrace } from '../../tests/support/traces/any-trace.ts';
import type { TraceSpan } from '../model.ts';
import { type FlameNode, flameOf, pairFlames } from './flame.ts';

/** A span from `start`, `duration` ms long. */
function span(spanId: string, parentSpanId: string | null, name: string, start: number, duration: number): TraceSpan {
  return {
    ...{ traceId: 't', spanId, parentSpanId, service: 'app', scope: 'waybill', name, kind: 0, start, duration },
    ...{ attributes: {}, resource: {}, events: [], links: [], status: 'unset', error: null },
  };
}

const slow = [span('a', null, 'GET', 1000, 10), span('b', 'a', 'query', 1002, 2), span('c', 'a', 'query', 1005, 3)];
const quick = [span('a', null, 'GET', 1000, 4)];

describe('a flame graph of many traces', () => {
  test('has one node for each path, with means over all traces', () => {
    const flame = flameOf([slow, quick]);
    expect(flame).toMatchObject({ count: 2, total: 7, self: 4.5, critical: 4.5 });
    expect(flame?.children).toMatchObject([{ path: '/app GET 0/app query 0', count: 2, total: 2.5, self: 2.5 }]);
  });

  test('of no trace, or of empty ones, there is none', () => {
    expect(flameOf([])).toBeUndefined();
    expect(flameOf([[]])).toBeUndefined();
  });

  test('the critical path of all nodes together is the duration of the root', () => {
    fc.assert(
      fc.property(anyTrace, (spans) => {
        const flame = flameOf([spans]) as FlameNode;
        const sum = (node: FlameNode): number => node.children.reduce((all, child) => all + sum(child), node.critical);
        expect(sum(flame)).toBeCloseTo(flame.total, 6);
      }),
    );
  });
});

test('two flame graphs are paired by path', () => {
  const pair = pairFlames(flameOf([quick]) ?? null, flameOf([slow]) ?? null);
  expect([pair.a?.total, pair.b?.total]).toEqual([4, 10]);
  expect(pair.children).toMatchObject([{ a: null, b: { count: 2 } }]);
});
