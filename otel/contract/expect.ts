// How a scenario writes down the spans that it must leave: a tree of the contract's own spans, names filled in.

import type { Attributes } from '@opentelemetry/api';
import { type NameOf, nameOf, type SpanSpec } from './spec.ts';

/** One span that must be there, with the attribute values that must be so, and its children. */
export type Expected = { spec: SpanSpec; name: string; attributes: Attributes; children: readonly Expected[] };

/** Expects one span of `spec`: the words of its name and the attributes that matter, then its children. */
export function expectSpan<S extends SpanSpec>(
  spec: S,
  { words, attributes = {} }: NameOf<S> & { attributes?: Attributes },
  ...children: readonly Expected[]
): Expected {
  return { spec, name: nameOf(spec, words), attributes, children };
}

/** All expected spans of a tree, parents before their children. */
export function flatten(expected: Expected): Expected[] {
  return [expected, ...expected.children.flatMap(flatten)];
}
