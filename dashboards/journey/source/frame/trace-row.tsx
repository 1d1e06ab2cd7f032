// A recent trace as a row: status, request, scenario, learner and time, as one link.

import { shownAddress } from '../../../../otel/contract/phrases.ts';
import type { TraceLine } from '../api.ts';
import { clock, duration } from '../layout/axis.ts';

/** The link to `href`; `owner`: the learner of this lab, who is not named. */
export function TraceLink({ line, href, owner = null }: { line: TraceLine; href: string; owner?: string | null }) {
  const { method, url, name, status, durationMs, startTime, errorCount, scenario, learner } = line;
  const isBad = errorCount > 0 || (status ?? 0) >= 400;
  return (
    <a class="trace-link" href={href} title={clock(startTime)}>
      <span class={`status ${isBad ? 'bad' : 'good'}`}>{status ?? (errorCount > 0 ? '✗' : '–')}</span>
      <span class="what">
        <b>{method ?? ''}</b> <bdi>{url ? shownAddress(url) : name}</bdi>
        {scenario && <small class="tag">{scenario}</small>}
        {learner && learner !== owner && <small class="tag">{learner}</small>}
      </span>
      <span class="ms">{duration(durationMs)}</span>
    </a>
  );
}
