// The sets that this page has ordered, as they fill.

import { signal } from '@preact/signals';
import type { SampleSet, SetRequest } from '../../../../services/visitor/api.ts';
import { type Collected, collectSets } from '../../../../services/visitor/sets/collect.ts';
import { fetchApi, fetchJson, withJson } from '../api.ts';

/** Sets that fill or are full; `ids` as in the address, '' until the visitor has begun. */
export type Measuring = Collected & { ids: string; order: Required<SetRequest>; isOver: boolean };

/** The last measurement of this page. */
export const measuring = signal<Measuring | null>(null);
let running = new AbortController();

/** Sends the requests of `order`, and keeps `measuring` up to date; resolves when it is over, or stopped. `onBegin` gets the sets' ids. */
export async function measure(order: Required<SetRequest>, onBegin: (ids: string) => void): Promise<Measuring> {
  running.abort();
  const own = new AbortController();
  running = own;
  let now: Measuring = { ids: '', order, sets: [], round: 0, problem: '', isOver: false };
  const change = (changes: Partial<Measuring>) => {
    now = { ...now, ...changes };
    if (running === own) measuring.value = now;
  };
  const onProgress = (collected: Collected) => {
    const hasBegun = now.ids !== '';
    change({ ...collected, ids: collected.sets.map(({ id }) => id).join('...') });
    if (!hasBegun) onBegin(now.ids);
  };
  const open = () => fetchApi('/sets', { ...withJson('POST', order), signal: own.signal });
  change({});
  try {
    change(await collectSets(order, open, { signal: own.signal, onProgress }));
  } catch (error) {
    change({ problem: (error as Error).message });
  }
  change({ isOver: true });
  return now;
}

/** Ends the measurement; what was measured stays. */
export function stop(): void {
  running.abort();
}

/** The sets `ids` (one, or two as `a...b`) as the visitor reads them from their traces. Throws LabUnreachable or ApiError. */
export function readSets(ids: string): Promise<SampleSet[]> {
  return Promise.all(ids.split('...').map((id) => fetchJson<SampleSet>(`/sets/${encodeURIComponent(id)}.json`)));
}
