// Runs go one at a time: a scenario sets faults, which would change what another one expects.

import { ApiError } from '../../../runtime/http/api-error.ts';
import { unlessAborted } from './abort.ts';

/** How many may wait. */
const MAX_WAITING = 16;

export function createRunQueue(max = MAX_WAITING) {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;

  /** Throws an ApiError (429) when as many wait as may. */
  function refuseWhenFull(): void {
    if (waiting < max) return;
    const message = `${max} runs wait already. Try again in a moment.`;
    throw new ApiError(429, 'busy', message, { 'retry-after': '5' });
  }

  /** Resolves when it is the caller's turn, with the function that ends it. Throws an ApiError (429) when full; rejects when `signal` aborts. */
  async function acquire(signal: AbortSignal): Promise<() => void> {
    refuseWhenFull();
    const before = last;
    const { promise: ended, resolve: release } = Promise.withResolvers<void>();
    last = before.then(() => ended);
    waiting++;
    try {
      await unlessAborted(signal, before);
    } catch (error) {
      release();
      throw error;
    } finally {
      waiting--;
    }
    return release;
  }

  return { acquire, refuseWhenFull };
}
