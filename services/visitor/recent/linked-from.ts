// The spans of other traces that link to one: found by the attribute that links of the lab have, in the embedded store by any link.

import { ATTR_LINK_TRACE } from '../../../otel/contract/names.ts';
import { type Evidence, labelOf } from '../../../traces/diagnosis/finding.ts';
import { readTrace, searchTraces } from '../../../traces/jaeger.ts';
import type { TraceSpan } from '../../../traces/model.ts';

/** How long before and after the start of a trace one may begin that links to it, in ms. */
const BEFORE_MS = 60_000;
const AFTER_MS = 60 * 60 * 1000;
const MAX_TRACES = 10;
const MAX_BYTES = 4_000_000;
const MAX_WAIT_MS = 3000;

/** The spans that link to the trace of `spans` (at least one); none when the search takes too long. */
export async function readLinkedFrom(
  jaegerUrl: string,
  [first]: readonly TraceSpan[],
  signal: AbortSignal,
): Promise<Evidence[]> {
  if (first === undefined) return [];
  const { traceId, start } = first;
  const bound = AbortSignal.any([signal, AbortSignal.timeout(MAX_WAIT_MS)]);
  const query = {
    startTimeMin: new Date(start - BEFORE_MS),
    startTimeMax: new Date(start + AFTER_MS),
    searchDepth: MAX_TRACES,
    attributes: JSON.stringify({ [ATTR_LINK_TRACE]: traceId }),
  };
  try {
    const found = await searchTraces(jaegerUrl, query, bound);
    const traces = await Promise.all(found.map((each) => readTrace(jaegerUrl, each.traceId, bound, MAX_BYTES)));
    return traces
      .flatMap(({ spans }) => spans)
      .filter((span) => span.traceId !== traceId && span.links.some((link) => link.traceId === traceId))
      .map((span) => ({ traceId: span.traceId, spanId: span.spanId, label: labelOf(span) }));
  } catch {
    return []; // the diagnosis counts without it
  }
}
