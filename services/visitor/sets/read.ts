// Sets of traces that were measured together: found again by the set's id, as long as the store keeps them.

import { ATTR_HTTP_RESPONSE_STATUS_CODE } from '@opentelemetry/semantic-conventions';
import { ATTR_SCENARIO, ATTR_SET, ATTR_SET_INDEX } from '../../../otel/contract/names.ts';
import { findScenario } from '../../../scenarios/scenarios.ts';
import { readTrace } from '../../../traces/jaeger.ts';
import type { TraceSpan } from '../../../traces/model.ts';
import { type SampleSet, sampleOf } from '../../../traces/statistics/sample.ts';
import { rootsOf } from '../../../traces/tree.ts';
import type { Recent } from '../recent/recent.ts';

/** The most traces of a set. */
export const MAX_TIMES = 200;

const AT_ONCE = 8;

/** The set `id`; undefined where no trace is of it. Throws a TraceBackendUnavailable. */
export async function readSet(
  id: string,
  recent: Recent,
  jaegerUrl: string,
  signal: AbortSignal,
): Promise<SampleSet | undefined> {
  const attributes = JSON.stringify({ [ATTR_SET]: id });
  const found = await recent.summaries(0, MAX_TIMES, { attributes }, signal);
  if (found.length === 0) return undefined;
  const set: SampleSet = { id, name: '', samples: [], failures: [] };
  for (let at = 0; at < found.length; at += AT_ONCE) {
    const some = found.slice(at, at + AT_ONCE).map(({ traceId }) => readTrace(jaegerUrl, traceId, signal));
    for (const { spans } of await Promise.all(some)) add(set, spans);
  }
  set.samples.sort((a, b) => a.index - b.index);
  return set;
}

function add(set: SampleSet, spans: readonly TraceSpan[]): void {
  const [root, ...orphans] = rootsOf(spans);
  if (root === undefined) return;
  set.name = String(root.attributes[ATTR_SCENARIO] ?? root.name);
  const status = root.attributes[ATTR_HTTP_RESPONSE_STATUS_CODE] ?? null;
  const isExpected = findScenario(set.name)?.visits.some((visit) => visit.status === status) ?? false;
  const sample = sampleOf(spans, Number(root.attributes[ATTR_SET_INDEX]));
  if (isExpected && orphans.length === 0 && sample) set.samples.push(sample);
  else set.failures.push(isExpected ? 'incomplete trace' : String(status ?? 'no answer'));
}
