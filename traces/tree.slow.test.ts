import { SpanKind } from '@opentelemetry/api';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TraceSpan } from './model.ts';
import { rootsOf, treeOf } from './tree.ts';

const span = (spanId: string, parentSpanId: string | null, more: Partial<TraceSpan> = {}) =>
  ({ spanId, parentSpanId, name: spanId, kind: SpanKind.INTERNAL, ...more }) as TraceSpan;

/** The tree in one line: `a(b(c) d)`. */
const drawn = (spans: TraceSpan[]) => {
  const draw = ({ span, children }: ReturnType<typeof treeOf>['roots'][number]): string =>
    span.name + (children.length === 0 ? '' : `(${children.map(draw).join(' ')})`);
  return treeOf(spans).roots.map(draw).join(' ');
};

const [SERVER, CLIENT] = [{ kind: SpanKind.SERVER }, { kind: SpanKind.CLIENT }];

test.each<[string, TraceSpan[], string]>([
  ['a tree', [span('a', null), span('b', 'a'), span('c', 'b'), span('d', 'a')], 'a(b(c) d)'],
  ['an orphan is a root', [span('a', null), span('b', 'gone'), span('c', 'b')], 'a b(c)'],
  ['its own parent: a root', [span('a', 'a'), span('b', 'a')], 'a(b)'],
  ['a circle opens at its first span', [span('a', 'c'), span('b', 'a'), span('c', 'b'), span('d', 'c')], 'a(b(c(d)))'],
  ['also when it is met from outside', [span('d', 'b'), span('a', 'b'), span('b', 'a')], 'a(b(d))'],
  [
    'a server with the id of its client stands below it, and what is below the id below the server',
    [span('a', null), span('b', 'a', CLIENT), span('b', 'a', { ...SERVER, name: 'b2' }), span('c', 'b')],
    'a(b(b2(c)))',
  ],
  [
    'the same when the server came first',
    [span('b', 'a', { ...SERVER, name: 'b2' }), span('a', null), span('b', 'a', CLIENT), span('c', 'b')],
    'a(b(b2(c)))',
  ],
  [
    'a client and a server that share an id as roots are one tree',
    [span('b', null, CLIENT), span('b', null, { ...SERVER, name: 'b2' })],
    'b(b2)',
  ],
  [
    'two spans with one id are both there',
    [span('a', null), span('b', 'a'), span('b', 'a'), span('c', 'b')],
    'a(b(c) b)',
  ],
  ['two roots with one id', [span('a', null), span('a', null), span('b', 'a')], 'a(b) a'],
  ['nothing', [], ''],
])('%s', (_what, spans, expected) => {
  expect(drawn(spans)).toBe(expected);
});

test('whatever spans say of each other, each is in the tree once, below its parent', () => {
  const id = fc.constantFrom(...'abcdefgh');
  const anySpan = fc.record({ spanId: id, parentSpanId: fc.option(id), kind: fc.constantFrom(0, 1, 2) });
  fc.assert(
    fc.property(fc.array(anySpan, { maxLength: 12 }), (list) => {
      const spans = list as TraceSpan[];
      const { roots, nodes } = treeOf(spans);
      expect(nodes).toHaveLength(spans.length);
      expect(new Set(nodes.map((node) => node.span))).toEqual(new Set(spans));
      expect(nodes.filter(({ parent }) => parent === null)).toEqual(roots);
      for (const [index, node] of nodes.entries()) {
        expect(node.depth).toBe(node.parent === null ? 0 : node.parent.depth + 1);
        if (node.parent) expect(nodes.indexOf(node.parent)).toBeLessThan(index);
      }
    }),
  );
});

test('a chain of 100,000 spans and 500,000 beside each other are no more than many', () => {
  const chain = Array.from({ length: 100_000 }, (_, index) =>
    span(String(index), index === 0 ? null : String(index - 1)),
  );
  expect(treeOf(chain).nodes.at(-1)?.depth).toBe(99_999);
  const wide = Array.from({ length: 500_000 }, (_, index) => span(String(index), index === 0 ? null : '0'));
  expect(rootsOf(wide)).toEqual([wide[0]]);
});
