// A client of POST /sets, for page and terminal: collects what is measured, and keeps it when the lab stops answering.

import { readJsonLines } from '../../../traces/json-lines.ts';
import { addMeasured, type SampleSet } from '../../../traces/statistics/sample.ts';
import type { SetLine, SetRequest } from '../api.ts';

/** What was measured so far. `round`: the one under way, 0: not counted. `problem`: why it is not all that was wanted. */
export type Collected = { sets: SampleSet[]; round: number; problem: string };

/**
 * Collects what `open`, which sends `order`, gets; calls `onProgress` after each line. Resolves when all is sent, when the visitor
 * reports an error or stops answering, or when `signal` aborts. Throws what `open` throws.
 */
export async function collectSets(
  { sides }: SetRequest,
  open: () => Promise<Response>,
  { signal, onProgress }: { signal: AbortSignal; onProgress: (now: Collected) => void },
): Promise<Collected> {
  const sets = sides.map(({ scenario: name, visit, start = 'warm' }): SampleSet => {
    return { id: '', name, ...(visit && { visit }), start, samples: [], failures: [] };
  });
  let now: Collected = { sets, round: 0, problem: '' };
  let isOpen = false;
  try {
    const { body } = await open();
    isOpen = true;
    for await (const line of readJsonLines<SetLine>(body)) {
      if (line.type === 'error') now = { ...now, problem: line.error.message };
      if (line.type === 'begin') for (const [side, id] of line.sets.entries()) (sets[side] as SampleSet).id = id;
      if (line.type === 'visit') {
        addMeasured(sets[line.side] as SampleSet, line);
        // New objects: a view whose props are the same ones is not drawn again.
        now = { ...now, round: line.index, sets: sets.map((set) => ({ ...set, samples: [...set.samples] })) };
      }
      if (line.type === 'end') return now;
      onProgress(now);
      if (line.type === 'error') return now;
    }
    return { ...now, problem: STOPPED };
  } catch (error) {
    if (signal.aborted) return now;
    if (!isOpen || !(error instanceof TypeError)) throw error; // TypeError: fetch's own, for a connection that broke
    return { ...now, problem: STOPPED };
  }
}

const STOPPED = 'The lab stopped answering before the last request. This was measured until then.';
