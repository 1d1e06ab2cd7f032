// A trace in a line: what a list of recent traces shows. Jaeger's summary has times, counts and services; what was asked
// for stands on the root span.

import { ATTR_LEARNER, ATTR_SCENARIO } from '../../../otel/contract/names.ts';
import { currentName } from '../../../scenarios/scenarios.ts';
import { httpFacts } from '../../../traces/conventions.ts';
import type { TraceSummary } from '../../../traces/jaeger.ts';
import { shownName, type TraceSpan, type Value } from '../../../traces/model.ts';
import { rootsOf } from '../../../traces/tree.ts';
import type { TraceFilter, TraceRow } from '../api.ts';

/** A line is kept in memory and sent with others: so many characters of an address, of a name, and so many services. */
const URL_CHARACTERS = 2048;
const NAME_CHARACTERS = 200;
const MAX_SERVICES = 50;

/** The line of a trace, from its summary and its spans. */
export function rowOf(summary: TraceSummary, spans: readonly TraceSpan[]): TraceRow {
  const [root] = rootsOf(spans);
  const attributes = root?.attributes ?? {};
  const { method, url, status } = httpFacts(attributes);
  const scenario = text(attributes[ATTR_SCENARIO], NAME_CHARACTERS);
  const start = milliseconds(summary.minStartTimeUnixNano);
  return {
    traceId: summary.traceId.padStart(32, '0'),
    name: cut(nameOf(summary, root), NAME_CHARACTERS),
    method: text(method, NAME_CHARACTERS),
    url: text(url, URL_CHARACTERS),
    status,
    scenario: scenario === null ? null : currentName(scenario),
    learner: text(attributes[ATTR_LEARNER], NAME_CHARACTERS),
    startTime: start,
    durationMs: Math.max(0, milliseconds(summary.maxEndTimeUnixNano) - start),
    spanCount: summary.spanCount ?? 0,
    errorCount: summary.errorSpanCount ?? 0,
    services: (summary.services ?? []).slice(0, MAX_SERVICES).map(({ name = '' }) => cut(name, NAME_CHARACTERS)),
  };
}

/** Whether a trace's line is one that `filter` asks for. */
export function isWanted(row: TraceRow, filter: TraceFilter): boolean {
  const { scenario, learner, status, minDuration = 0, maxDuration = Number.POSITIVE_INFINITY, q = '' } = filter;
  const said = [row.traceId, row.name, row.method, row.url, row.scenario, row.status].join(' ').toLowerCase();
  return (
    (scenario === undefined || row.scenario === scenario) &&
    (learner === undefined || row.learner === learner) &&
    (status === undefined || isOfStatus(row.status, status)) &&
    row.durationMs >= minDuration &&
    row.durationMs <= maxDuration &&
    q
      .toLowerCase()
      .split(/\s+/)
      .every((word) => said.includes(word))
  );
}

function isOfStatus(status: number | null, wanted: string): boolean {
  if (wanted === 'none') return status === null;
  return wanted.endsWith('xx')
    ? String(status).startsWith(wanted.slice(0, 1)) && status !== null
    : String(status) === wanted;
}

function nameOf({ rootServiceName = '', rootOperationName = '' }: TraceSummary, root: TraceSpan | undefined): string {
  if (root) return `${shownName(root.service)} ${shownName(root.name)}`;
  return rootServiceName ? `${rootServiceName} ${shownName(rootOperationName)}` : '(no root)';
}

function text(value: Value | undefined, characters: number): string | null {
  return typeof value === 'string' ? cut(value, characters) : null;
}

/** The beginning of a text, as a copy: a part of a long text would keep all of it in memory. */
function cut(long: string, characters: number): string {
  if (long.length <= characters) return long;
  return `${Buffer.from(long.slice(0, characters), 'utf16le').toString('utf16le')}…`;
}

function milliseconds(nanoseconds = '0'): number {
  return Number(BigInt(nanoseconds) / 1000n) / 1000;
}
