// The spans that a scenario must leave, as a tree: what a trace is judged against. Scenarios write it down (scenarios/expect.ts).

import type { Attributes } from '@opentelemetry/api';
import type { SpanSpec } from '../otel/contract/spec.ts';

/** One span that must be there, with the attribute values that must be so, and its children. */
export type Expected = { spec: SpanSpec; name: string; attributes: Attributes; children: readonly Expected[] };

/** All expected spans of a tree, parents before their children. */
export function flatten(expected: Expected): Expected[] {
  return [expected, ...expected.children.flatMap(flatten)];
}
