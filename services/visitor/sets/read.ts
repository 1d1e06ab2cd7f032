// Sets of traces that were measured together: found again by the set's id, as long as the store keeps them.

import {
  ATTR_SCENARIO,
  ATTR_SET,
  ATTR_SET_INDEX,
  ATTR_SET_START,
  ATTR_SET_VISIT,
} from '../../../otel/contract/names.ts';
import { findScenario } from '../../../scenarios/scenarios.ts';
import { inGroups } from '../../../traces/in-groups.ts';
import { readTrace } from '../../../traces/jaeger.ts';
import type { TraceSpan } from '../../../traces/model.ts';
import { addMeasured, type SampleSet, type SetStart } from '../../../traces/statistics/sample.ts';
import { rootsOf } from '../../../traces/tree.ts';
import type { Recent } from '../recent/recent.ts';
import { measuredVisit, measureTrace } from './measured-visit.ts';

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
  const set: SampleSet = { id, name: '', start: 'warm', samples: [], failures: [] };
  const traces = inGroups(found, AT_ONCE, ({ traceId }) => readTrace(jaegerUrl, traceId, signal));
  for await (const { spans } of traces) add(set, spans);
  set.samples.sort((a, b) => a.index - b.index);
  return set.name === '' ? undefined : set;
}

/** Adds a trace to its set: what it must have is written on its first span. */
function add(set: SampleSet, spans: readonly TraceSpan[]): void {
  const root = rootsOf(spans).find(({ attributes }) => attributes[ATTR_SET] === set.id);
  const scenario = findScenario(String(root?.attributes[ATTR_SCENARIO]));
  if (root === undefined || scenario === undefined) return;
  const { [ATTR_SET_INDEX]: index, [ATTR_SET_VISIT]: visit = 1, [ATTR_SET_START]: start } = root.attributes;
  set.name = scenario.name;
  set.visit = Number(visit);
  set.start = start as SetStart;
  addMeasured(set, measureTrace(spans, Number(index), measuredVisit(scenario, set.visit - 1, set.start)));
}
