// The visitor's client for sets: many requests of one start state, measured together.

import type { SetLine, SetRequest } from '../../services/visitor/api.ts';
import { readJsonLines } from '../../traces/json-lines.ts';
import { addMeasured, type SampleSet } from '../../traces/statistics/sample.ts';
import type { LabConfig } from '../config.ts';
import { askVisitor } from './send.ts';

type Visitor = Pick<LabConfig, 'visitorUrl'>;

/** What was measured, and why not all of it: the lab stopped answering, or a request failed. */
export type Measured = { sets: SampleSet[]; problem: string | undefined };

/**
 * Sends what `order` says; `onRequest` is called after each request. When `signal` aborts or the visitor goes away, resolves
 * with what was measured until then. Throws a LabError when the visitor refuses.
 */
export async function measureSets(
  order: SetRequest,
  visitor: Visitor,
  { signal, onRequest }: { signal: AbortSignal; onRequest: (index: number) => void },
): Promise<Measured> {
  const request = { method: 'POST', body: JSON.stringify(order), signal };
  const sets = order.sides.map(({ scenario }): SampleSet => ({ id: '', name: scenario, samples: [], failures: [] }));
  try {
    const response = await askVisitor(visitor, '/sets', request);
    for await (const line of readJsonLines<SetLine>(response.body)) {
      if (line.type === 'error') return { sets, problem: line.error.message };
      if (line.type === 'begin') for (const [side, id] of line.sets.entries()) (sets[side] as SampleSet).id = id;
      if (line.type !== 'visit') continue;
      onRequest(line.index);
      addMeasured(sets[line.side] as SampleSet, line);
    }
    return { sets, problem: undefined };
  } catch (error) {
    if (signal.aborted) return { sets, problem: undefined };
    if (!(error instanceof TypeError)) throw error; // fetch's own, for a connection that broke
    return { sets, problem: `The visitor (${visitor.visitorUrl}) stopped answering before the last request.` };
  }
}

/** The set `id` as it is kept. Throws a LabError when no trace of it is. */
export async function readSet(id: string, visitor: Visitor): Promise<SampleSet> {
  const response = await askVisitor(visitor, `/sets/${encodeURIComponent(id)}.json`);
  return (await response.json()) as SampleSet;
}

/** Whether `typed` has the form of a set's id. */
export function isSetId(typed: string): boolean {
  return /^[0-9a-f]{8}$/.test(typed);
}
