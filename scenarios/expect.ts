// How a scenario writes down the spans that it must leave: a tree of the contract's own spans, names filled in.

import type { Attributes } from '@opentelemetry/api';
import { type NameOf, type SpanSpec, spanNameOf } from '../otel/contract/spec.ts';
import type { Expected } from '../traces/expected.ts';

/** Expects one span of `spec`: the words of its name and the attributes that matter, then its children. */
export function expectSpan<S extends SpanSpec>(
  spec: S,
  { words, attributes = {} }: NameOf<S> & { attributes?: Attributes },
  ...children: readonly Expected[]
): Expected {
  return { spec, name: spanNameOf(spec, words), attributes, children };
}
