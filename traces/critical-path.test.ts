import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyTrace } from '../tests/support/traces/any-trace.ts';
import { criticalPath } from './critical-path.ts';
import type { TraceSpan } from './model.ts';
import { endOf } from './segments.ts';
import { selfTime } from './self-time.ts';
import { type SpanNode, treeOf } from './tree.ts';

const span = (spanId: string, parentSpanId: string | null, start: number, end: number) =>
  ({ spanId, parentSpanId, name: spanId, kind: 0, start, duration: end - start }) as TraceSpan;

/** The path in one line, in the order of time. */
const drawn = (...spans: TraceSpan[]) =>
  [...criticalPath(treeOf(spans).roots[0] as SpanNode)]
    .flatMap(([{ span: each }, stretches]) => stretches.map(({ from, to }) => ({ name: each.name, from, to })))
    .sort((a, b) => a.from - b.from)
    .map(({ name, from, to }) => `${name} ${from}–${to}`)
    .join(', ');

test.each<[string, TraceSpan[], string]>([
  ['a span alone', [span('a', null, 1, 9)], 'a 1–9'],
  [
    'one after the other',
    [span('a', null, 1, 9), span('b', 'a', 2, 4), span('c', 'a', 5, 8)],
    'a 1–2, b 2–4, a 4–5, c 5–8, a 8–9',
  ],
  [
    'of two beside each other the one that ends last',
    [span('a', null, 1, 9), span('b', 'a', 2, 8), span('c', 'a', 3, 5)],
    'a 1–2, b 2–8, a 8–9',
  ],
  [
    'all the way down',
    [span('a', null, 1, 9), span('b', 'a', 2, 8), span('c', 'b', 3, 7)],
    'a 1–2, b 2–3, c 3–7, b 7–8, a 8–9',
  ],
  [
    'a child that goes on after its parent counts until then',
    [span('a', null, 1, 9), span('b', 'a', 2, 12)],
    'a 1–2, b 2–9',
  ],
  ['a child that begins after its parent delayed nothing', [span('a', null, 1, 9), span('b', 'a', 10, 12)], 'a 1–9'],
  [
    'a child that began before its parent counts from then',
    [span('b', 'a', 0, 5), span('a', null, 1, 9)],
    'b 1–5, a 5–9',
  ],
])('%s', (_what, spans, path) => {
  expect(drawn(...spans)).toBe(path);
});

test('the stretches of any path are the root, from its beginning to its end, each within its span', () => {
  fc.assert(
    fc.property(anyTrace, (spans) => {
      const [root] = treeOf(spans).roots as [SpanNode];
      const stretches = [...criticalPath(root)].flatMap(([node, each]) =>
        each.map((stretch) => ({ node, ...stretch })),
      );
      stretches.sort((a, b) => a.from - b.from);
      expect(stretches[0]?.from ?? root.span.start).toBe(root.span.start);
      expect(stretches.at(-1)?.to ?? endOf(root.span)).toBe(endOf(root.span));
      for (const [index, { node, from, to }] of stretches.entries()) {
        if (index > 0) expect(from).toBe(stretches[index - 1]?.to);
        expect(from >= node.span.start && to <= endOf(node.span) && to > from).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
});

test('what a span worked and waited is its duration', () => {
  fc.assert(
    fc.property(anyTrace, (spans) => {
      for (const node of treeOf(spans).nodes) {
        const { worked, waited } = selfTime(node);
        expect(worked + waited).toBeCloseTo(node.span.duration, 6);
      }
    }),
  );
});

test('a chain of 100,000 has a path', () => {
  const chain = Array.from({ length: 100_000 }, (_, index) =>
    span(String(index), index === 0 ? null : String(index - 1), index, 300_000 - index),
  );
  expect(criticalPath(treeOf(chain).roots[0] as SpanNode).size).toBe(100_000);
});
