// A trace as a row of the list of recent traces. Jaeger's summary has times, counts and services; the root span has method, address
// and scenario.

import { ATTR_LEARNER, ATTR_LESSON, ATTR_SCENARIO } from '../../../otel/contract/names.ts';
import { currentName } from '../../../scenarios/scenarios.ts';
import { httpFacts } from '../../../traces/conventions.ts';
import type { TraceSummary } from '../../../traces/jaeger.ts';
import { shownName, type TraceSpan, type Value } from '../../../traces/model.ts';
import { rootsOf } from '../../../traces/tree.ts';
import type { TraceFilter, TraceRow } from '../api.ts';

/** Rows are cached and sent by the hundred: a longer address, a longer name and further services are cut. */
const MAX_URL_LENGTH = 2048;
const MAX_NAME_LENGTH = 200;
const MAX_SERVICES = 50;

/** The scenario of the requests with which `npm run doctor` checks the lab: they are listed only where it is asked for. */
export const PROBE = 'doctor';

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

/** Whether a row matches `filter`. */
export function rowMatches(row: TraceRow, filter: TraceFilter): boolean {
  const { scenario, learner, status, minDuration = 0, maxDuration = Number.POSITIVE_INFINITY, q = '' } = filter;
  const text = [row.traceId, row.name, row.method, row.url, row.scenario, row.status].join(' ').toLowerCase();
  return (
    (scenario === undefined ? row.scenario !== PROBE : row.scenario === scenario) &&
    (learner === undefined || row.learner === learner) &&
    (status === undefined || statusMatches(row.status ?? 'none', status)) &&
    row.durationMs >= minDuration &&
    row.durationMs <= maxDuration &&
    q
      .toLowerCase()
      .split(/\s+/)
      .every((word) => text.includes(word))
  );
}

/** `wanted`: 404, 5xx or none. */
function statusMatches(status: number | 'none', wanted: string): boolean {
  return wanted === String(status) || wanted === `${String(status)[0]}xx`;
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
