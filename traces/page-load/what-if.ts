// What a page load waited for, and how long it would take otherwise: computed on the graph of its requests, not measured.
//
//   a request begins   when the file that names it has been read, and a connection to its host is free
//   it takes           as long as it took, without the time that it waited for a connection

import type { PageLoad, PageRequest } from './page-load.ts';

export type Change =
  | { kind: 'cached'; request: number }
  /** Its first byte comes so much earlier, in ms. */
  | { kind: 'faster'; request: number; ms: number }
  /** So many connections to each host. */
  | { kind: 'connections'; count: number };

const CONNECTIONS = 6;
/** Shorter waits are the time between two steps. */
const MIN_QUEUED_MS = 0.1;
const RANKS = ['highest', 'high', 'low', 'lowest'];

/** How long (ms) the load would take with `change`: the measured time, changed by the difference of two computed ones. */
export function durationWith(load: PageLoad, change: Change): number {
  return Math.max(0, load.duration + simulate(load, change) - simulate(load, undefined));
}

/** When the last request ends, in ms. Always the request is next that can begin first; of several, the one with the highest priority. */
function simulate({ requests }: PageLoad, change: Change | undefined): number {
  const count = change?.kind === 'connections' ? change.count : CONNECTIONS;
  const ends: (number | undefined)[] = requests.map(() => undefined);
  const hosts = new Map<string, number[]>();
  const lanesOf = (request: PageRequest) => {
    const host = URL.parse(request.url)?.origin ?? '';
    const lanes = hosts.get(host) ?? Array.from({ length: count }, () => 0);
    hosts.set(host, lanes);
    return lanes;
  };
  for (let left = requests.length; left > 0; left--) {
    let next: { index: number; start: number; rank: number; work: number; lanes: number[] } | undefined;
    for (const [index, request] of requests.entries()) {
      if (ends[index] !== undefined) continue;
      const initiator = request.initiator === null ? undefined : requests[request.initiator];
      const read = request.initiator === null ? 0 : ends[request.initiator];
      if (read === undefined) continue;
      const found = Math.max(0, read + request.start - (initiator?.end ?? 0));
      const lanes = lanesOf(request);
      const work = workOf(request, index, change);
      const start = work > 0 ? Math.max(found, Math.min(...lanes)) : found;
      const rank = RANKS.indexOf(request.priority);
      if (!next || start < next.start || (start === next.start && rank < next.rank))
        next = { index, start, rank, work, lanes };
    }
    if (next === undefined) break;
    const { index, start, work, lanes } = next;
    ends[index] = start + work;
    if (work > 0) lanes[lanes.indexOf(Math.min(...lanes))] = start + work;
  }
  return Math.max(0, ...ends.map((end) => end ?? 0));
}

/** How long (ms) a request is at work; 0 from the cache. */
function workOf(request: PageRequest, index: number, change: Change | undefined): number {
  const isChanged = change !== undefined && change.kind !== 'connections' && change.request === index;
  if (request.connection === '' || (isChanged && change.kind === 'cached')) return 0;
  const queued = lengthOf(request, 'queued');
  const earlier = isChanged && change.kind === 'faster' ? Math.min(change.ms, lengthOf(request, 'wait')) : 0;
  return Math.max(0, request.end - request.start - queued - earlier);
}

function lengthOf({ phases }: PageRequest, wanted: string): number {
  return phases.reduce((sum, { phase, from, to }) => sum + (phase === wanted ? to - from : 0), 0);
}

/** The requests (by their places) that the end of the load waited for, the first first: each waited for a connection, or for the file that names it. */
export function criticalRequests({ requests }: PageLoad): number[] {
  const path: number[] = [];
  let at = requests.reduce((last, { end }, index) => (end > (requests[last]?.end ?? -1) ? index : last), 0);
  while (requests[at] !== undefined && !path.includes(at)) {
    path.unshift(at);
    const request = requests[at] as PageRequest;
    const sentAt = request.start + lengthOf(request, 'queued');
    const before = requests
      .map((other, index) => ({ other, index }))
      .filter(
        ({ other, index }) => index !== at && other.connection === request.connection && other.end <= sentAt + 0.01,
      )
      .sort((a, b) => b.other.end - a.other.end)[0];
    const waited = request.connection !== '' && lengthOf(request, 'queued') > MIN_QUEUED_MS;
    const next: number | null = waited && before ? before.index : request.initiator;
    if (next === null) break;
    at = next;
  }
  return path;
}
