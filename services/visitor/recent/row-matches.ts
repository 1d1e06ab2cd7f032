// Which rows GET /traces lists.

import type { TraceFilter, TraceRow } from '../api.ts';

/** The scenario of the requests with which `npm run doctor` checks the lab: they are listed only where it is asked for. */
export const PROBE = 'doctor';

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
