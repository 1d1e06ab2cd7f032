// Which visit a set measures, from which start state; and the one rule by which its trace is measured or counts as failed.

import { ATTR_HTTP_RESPONSE_STATUS_CODE } from '@opentelemetry/semantic-conventions';
import { proxy } from '../../../otel/contract/index.ts';
import type { Scenario } from '../../../scenarios/scenario.ts';
import { type ScenarioVisit, type Start, visitFrom } from '../../../scenarios/visits.ts';
import { type Expected, flatten } from '../../../traces/expected.ts';
import { judge } from '../../../traces/judge.ts';
import type { TraceSpan } from '../../../traces/model.ts';
import { type Measured, type SetStart, sampleOf } from '../../../traces/statistics/sample.ts';
import { rootsOf } from '../../../traces/tree.ts';

/** Visit number `visit` of `scenario`, from 0, from the state `start`; with `load` it is sent to the proxy, where its trace begins. */
export function measuredVisit({ visits }: Scenario, visit: number, start: SetStart): ScenarioVisit {
  const last = visits[visit] as ScenarioVisit;
  if (start === 'load') return { ...last, expected: atProxy(last) };
  // A cache is used from the scenario's own start only: another would be another scenario.
  return last.usesCache || last.pageFrom ? last : visitFrom(startOf(last, start), last);
}

/** The spans of a visit that its request leaves from the proxy on. */
export function atProxy({ expected }: ScenarioVisit): Expected {
  return flatten(expected).find(({ spec }) => spec === proxy.server) as Expected;
}

/** The sample of a trace, as number `index` of its set; or why it counts in no figure: another status, or an incomplete trace. */
export function measureTrace(
  spans: readonly TraceSpan[],
  index: number,
  { status, expected }: Pick<ScenarioVisit, 'status' | 'expected'>,
): Measured {
  const [root] = rootsOf(spans);
  const actual = root?.attributes[ATTR_HTTP_RESPONSE_STATUS_CODE] ?? null;
  if (actual !== status) return { index, sample: null, failure: String(actual ?? 'no answer') };
  const sample = judge(expected, spans).missing.length === 0 ? sampleOf(spans, index) : undefined;
  return { index, sample: sample ?? null, failure: sample ? null : 'incomplete trace' };
}

function startOf({ start }: ScenarioVisit, state: Exclude<SetStart, 'load'>): Start {
  if (state === 'warm') return { connection: 'kept' };
  const cache = state === 'cold' ? 'miss' : 'hit';
  return start.connection === 'kept' ? { connection: 'new', cache } : { ...start, cache };
}
