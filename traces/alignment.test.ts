import { expect, test } from 'vitest';
import { align } from './alignment.ts';
import type { TraceSpan } from './model.ts';

let next = 0;

/** A trace from `[name, children]`. */
type Node = [name: string, ...children: Node[]];
function trace([name, ...children]: Node, parentSpanId: string | null = null): TraceSpan[] {
  const spanId = String(next++);
  const span = { service: 's', name, kind: 0, spanId, parentSpanId } as TraceSpan;
  return [span, ...children.flatMap((child) => trace(child, spanId))];
}

function draw(a: Node, b: Node): string[] {
  return align(trace(a), trace(b)).map((station) => {
    const mark = station.a && station.b ? '=' : station.a ? 'a' : 'b';
    return mark + ' '.repeat(station.follows.length) + (station.a ?? station.b)?.name;
  });
}

test('stations of both traces stand on one line, those of one trace on their own', () => {
  expect(
    draw(['visit', ['GET', ['location'], ['static file']]], ['visit', ['GET', ['location'], ['POST', ['queue']]]]),
  ).toEqual(['=visit', '= GET', '=  location', 'a  static file', 'b  POST', 'b   queue']);
});

test('siblings of one name are paired in their order', () => {
  expect(draw(['visit', ['GET'], ['GET']], ['visit', ['GET', ['work']]])).toEqual([
    '=visit',
    '= GET',
    'b  work',
    'a GET',
  ]);
});

test('two traces without a common root have nothing in common', () => {
  expect(draw(['visit'], ['GET'])).toEqual(['avisit', 'bGET']);
});

test('a chain of 5,000 beside 130,000 siblings is aligned', () => {
  const span = (id: number, parent: number | null) =>
    ({
      service: 's',
      name: 'n',
      kind: 0,
      spanId: `${id}`,
      parentSpanId: parent === null ? null : `${parent}`,
    }) as TraceSpan;
  const chain = Array.from({ length: 5000 }, (_, index) => span(index, index === 0 ? null : index - 1));
  const wide = Array.from({ length: 130_000 }, (_, index) => span(index, index === 0 ? null : 0));
  expect(align(chain, wide)).toHaveLength(2 + 4998 + 129_998);
});
