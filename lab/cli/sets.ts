// The visitor's client for sets: many requests of one start state, measured together.

import type { SetRequest } from '../../services/visitor/api.ts';
import { type Collected, collectSets } from '../../services/visitor/sets/collect.ts';
import type { SampleSet } from '../../traces/statistics/sample.ts';
import type { LabConfig } from '../config.ts';
import { askVisitor } from './send.ts';

type Visitor = Pick<LabConfig, 'visitorUrl'>;

/**
 * Sends what `order` says; `onRequest` is called after each request. When `signal` aborts or the visitor stops answering, resolves
 * with what was measured until then. Throws a LabError when the visitor refuses.
 */
export function measureSets(
  order: SetRequest,
  visitor: Visitor,
  { signal, onRequest }: { signal: AbortSignal; onRequest: (index: number) => void },
): Promise<Collected> {
  const request = { method: 'POST', body: JSON.stringify(order), signal };
  const onProgress = ({ round }: Collected) => onRequest(round);
  return collectSets(order, () => askVisitor(visitor, '/sets', request), { signal, onProgress });
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
