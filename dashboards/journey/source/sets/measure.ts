// The sets that this page has ordered, as they fill.

import { signal } from '@preact/signals';
import type { SampleSet, SetLine, SetRequest } from '../../../../services/visitor/api.ts';
import { readJsonLines } from '../../../../traces/json-lines.ts';
import { addMeasured } from '../../../../traces/statistics/sample.ts';
import { ApiError, fetchApi, fetchJson } from '../api.ts';

/** Sets that fill or are full; `ids` as in the address, '' until the visitor has begun. */
export type Measuring = {
  ids: string;
  sets: SampleSet[];
  /** Rounds that are wanted, and the one that is under way (0: not counted). */
  times: number;
  round: number;
  isOver: boolean;
  problem: string;
};

/** The last measurement of this page. */
export const measuring = signal<Measuring | null>(null);
let running = new AbortController();

/** Sends the requests of `order`, and keeps `measuring` up to date; resolves when it is over, or stopped. `onBegin` gets the sets' ids. */
export async function measure(order: Required<SetRequest>, onBegin: (ids: string) => void): Promise<Measuring> {
  running.abort();
  const own = new AbortController();
  running = own;
  const sets = order.sides.map(({ scenario }): SampleSet => ({ id: '', name: scenario, samples: [], failures: [] }));
  let now: Measuring = { ids: '', sets, times: order.times, round: 0, isOver: false, problem: '' };
  const change = (changes: Partial<Measuring>) => {
    now = { ...now, ...changes };
    if (running === own) measuring.value = now;
  };
  change({});
  try {
    const response = await fetchApi('/sets', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(order),
      signal: own.signal,
    });
    for await (const line of readJsonLines<SetLine>(response.body)) {
      if (line.type === 'error') throw new ApiError(500, line.error.message);
      if (line.type === 'begin') {
        for (const [side, set] of sets.entries()) set.id = line.sets[side] ?? '';
        change({ ids: line.sets.join('...') });
        onBegin(now.ids);
      } else if (line.type === 'visit') {
        addMeasured(sets[line.side] as SampleSet, line);
        // New objects: a view whose props are the same ones is not drawn again.
        change({ round: line.index, sets: sets.map((each) => ({ ...each, samples: [...each.samples] })) });
      }
    }
  } catch (error) {
    if (!own.signal.aborted)
      change({
        problem:
          error instanceof TypeError
            ? 'The lab stopped answering. This was measured until then.'
            : (error as Error).message,
      });
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
