// A trace as a row of the list of recent traces. Jaeger's summary has times, counts and services; the root span has method, address
// and scenario.

import { ATTR_LEARNER, ATTR_LESSON, ATTR_SCENARIO } from '../../../otel/contract/names.ts';
import { currentName } from '../../../scenarios/scenarios.ts';
import { httpFacts } from '../../../traces/conventions.ts';
import type { TraceSummary } from '../../../traces/jaeger.ts';
import { shownName, type TraceSpan, type Value } from '../../../traces/model.ts';
import { rootsOf } from '../../../traces/tree.ts';
import type { TraceRow } from '../api.ts';

/** Rows are cached and sent by the hundred: a longer address, a longer name and further services are cut. */
const MAX_URL_LENGTH = 2048;
const MAX_NAME_LENGTH = 200;
const MAX_SERVICES = 50;

/** The row of a trace, from its summary and its spans (none where they were not read). */
export function traceRow(summary: TraceSummary, spans: readonly TraceSpan[]): TraceRow {
  const { rootServiceName = '', rootOperationName = '' } = summary;
  const [root] = rootsOf(spans);
  const attributes = root?.attributes ?? {};
  const { method, url, status } = httpFacts(attributes);
  const name = root
    ? `${shownName(root.service)} ${shownName(root.name)}`
    : rootServiceName && `${rootServiceName} ${shownName(rootOperationName)}`;
  const scenario = textOf(attributes[ATTR_SCENARIO]);
  const startTime = milliseconds(summary.minStartTimeUnixNano);
  return {
    traceId: summary.traceId.padStart(32, '0'),
    name: cut(name || '(no root)'),
    method: textOf(method),
    url: textOf(url, MAX_URL_LENGTH),
    status,
    scenario: scenario === null ? null : currentName(scenario),
    learner: textOf(attributes[ATTR_LEARNER]),
    lesson: textOf(attributes[ATTR_LESSON]),
    startTime,
    durationMs: Math.max(0, milliseconds(summary.maxEndTimeUnixNano) - startTime),
    spanCount: summary.spanCount ?? 0,
    errorCount: summary.errorSpanCount ?? 0,
    services: (summary.services ?? []).slice(0, MAX_SERVICES).map(({ name = '' }) => cut(name)),
  };
}

function textOf(value: Value | undefined, maxLength?: number): string | null {
  return typeof value === 'string' ? cut(value, maxLength) : null;
}

/** The beginning of a text, as a copy: a slice would keep the whole text in memory. */
function cut(text: string, maxLength = MAX_NAME_LENGTH): string {
  if (text.length <= maxLength) return text;
  return `${Buffer.from(text.slice(0, maxLength), 'utf16le').toString('utf16le')}…`;
}

function milliseconds(nanoseconds = '0'): number {
  return Number(BigInt(nanoseconds) / 1000n) / 1000;
}
