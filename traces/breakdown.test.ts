import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyTrace } from '../tests/support/traces/any-trace.ts';
import { breakdownOf } from './breakdown.ts';
import { spansOf, type TraceSpan, type TracesData } from './model.ts';
import { endOf, segmentsOf } from './segments.ts';
import { treeOf } from './tree.ts';

const FOLDER = join(import.meta.dirname, '../dashboards/journey/testdata');
const captured = (name: string) =>
  spansOf(JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8')) as TracesData);
const names = readdirSync(FOLDER).map((file) => file.replace('.json', ''));

const span = (service: string, name: string, start: number, duration: number, more: Partial<TraceSpan> = {}) =>
  ({ spanId: `${service} ${name}`, service, name, kind: 0, start, duration, events: [], ...more }) as TraceSpan;
const below = (parent: TraceSpan, child: TraceSpan) => ({ ...child, parentSpanId: parent.spanId });

test('each microsecond goes to the innermost span open then; two requests differ by their first byte', () => {
  const visit = span('visitor', 'visit', 1000, 10, { parentSpanId: null });
  const lookup = below(visit, span('visitor', 'DNS lookup', 1000.5, 2, { kind: 2 }));
  const resolve = below(lookup, span('dns', 'resolve', 1001, 1, { kind: 1 }));
  const events = [{ name: 'first byte', time: 1008, attributes: {} }];
  const get = below(visit, span('visitor', 'GET', 1003, 6.5, { kind: 2, events }));
  const server = below(get, span('proxy', 'GET', 1004, 3, { kind: 1 }));
  const file = below(server, span('proxy', 'static file', 1005, 1));
  const breakdown = breakdownOf([visit, lookup, resolve, get, server, file]);
  expect(breakdown?.micros).toBe(10_000);
  expect(
    breakdown?.entries.map(({ stage, micros, nodes }) => [stage, micros, nodes.map(({ node }) => node.span.name)]),
  ).toEqual([
    ['dns', 2000, ['DNS lookup', 'resolve']],
    ['waiting', 2000, ['GET']],
    ['proxy', 2000, ['GET']],
    ['file', 1000, ['static file']],
    ['download', 1500, ['GET']],
    ['untracked', 1500, ['visit']],
  ]);
});

test('of two that are as deep, the one that began last has the time', () => {
  const root = span('proxy', 'GET', 1000, 10, { parentSpanId: null, kind: 1 });
  const [a, b] = [span('app', 'view a', 1001, 6), span('app', 'template b', 1003, 2)].map((each) => below(root, each));
  const entries = breakdownOf([root, a as TraceSpan, b as TraceSpan])?.entries;
  expect(entries?.map(({ stage, micros }) => [stage, micros])).toEqual([
    ['proxy', 4000],
    ['view', 4000],
    ['template', 2000],
  ]);
});

test('the breakdown of any trace sums to its root, exactly', () => {
  fc.assert(
    fc.property(anyTrace, (spans) => {
      const { root, micros, entries = [] } = breakdownOf(spans) ?? {};
      expect(entries.reduce((sum, entry) => sum + entry.micros, 0)).toBe(micros);
      expect(Math.abs((micros ?? 0) - (root?.duration ?? 0) * 1000)).toBeLessThan(1.01);
      for (const entry of entries) {
        const parts = entry.nodes.reduce((sum, node) => sum + node.micros, 0);
        if (entry.stage !== 'untracked') expect(parts).toBe(entry.micros);
      }
    }),
    { numRuns: 300 },
  );
});

test.each(names)('%s: the breakdown sums to the root, and little of it is untracked', (name) => {
  const { micros = 0, entries = [] } = breakdownOf(captured(name)) ?? {};
  expect(entries.reduce((sum, entry) => sum + entry.micros, 0)).toBe(micros);
  const untracked = entries.find(({ stage }) => stage === 'untracked')?.micros ?? 0;
  expect(untracked / micros).toBeLessThan(0.1);
});

test('no spans have no breakdown', () => {
  expect(breakdownOf([])).toBeUndefined();
});

test('the segments of any time do not overlap, each with a span that is open, none deeper', () => {
  const window = fc.tuple(
    fc.double({ min: 950, max: 1300, noNaN: true }),
    fc.double({ min: 0, max: 300, noNaN: true }),
  );
  fc.assert(
    fc.property(anyTrace, window, (spans, [start, length]) => {
      const { nodes } = treeOf(spans);
      const segments = segmentsOf(nodes, { start, end: start + length });
      for (const [index, { from, to, node }] of segments.entries()) {
        expect(from).toBe(index === 0 ? start : segments[index - 1]?.to);
        expect(to).toBeGreaterThan(from);
        const middle = (from + to) / 2;
        const open = nodes.filter((each) => each.span.start + 0.001 < middle && endOf(each.span) - 0.001 > middle);
        for (const each of open) expect(node?.depth).toBeGreaterThanOrEqual(each.depth);
        if (node) expect(node.span.start <= to && endOf(node.span) >= from).toBe(true);
      }
      expect((segments.at(-1)?.to ?? start + length) - (start + length)).toBeCloseTo(0, 3);
    }),
  );
});

test('130,000 spans side by side, all open at once, have a breakdown, in linear time', () => {
  const root = span('proxy', 'GET', 1000, 200, { parentSpanId: null, kind: 1 });
  const wide = Array.from({ length: 130_000 }, (_, index) =>
    below(root, span('app', `view ${index}`, 1001 + index / 10_000, 150)),
  );
  expect(breakdownOf([root, ...wide])?.micros).toBe(200_000);
});
