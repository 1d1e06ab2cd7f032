// Where requests wait for a free worker: first in, first out, bounded in depth and in time.
//
//   retries: requests whose worker was lost; they have waited before, so they go first
//   waiters: the others; a request leaves early when its client closes the connection or when it has waited too long

import type { FailureCode } from './errors.ts';

/** Why a request got no worker; `abandoned`: its client closed the connection. */
export type QueueErrorCode = Extract<FailureCode, 'full' | 'timeout'> | 'abandoned';

type Waiter<W> = (found: W | QueueErrorCode) => void;

/** A queue for workers that `acquire` gives; `limits` are read for each request: depth, and wait in ms. */
export class Queue<W extends object> {
  readonly #acquire: () => W | undefined;
  readonly #limits: { queueDepth: number; queueWait: number };
  readonly #retries = new Set<Waiter<W>>();
  readonly #waiters = new Set<Waiter<W>>();

  constructor(acquire: () => W | undefined, limits: { queueDepth: number; queueWait: number }) {
    this.#acquire = acquire;
    this.#limits = limits;
  }

  get depth(): number {
    return this.#retries.size + this.#waiters.size;
  }

  /** Resolves with a worker, or with why there is none; the wait ends when the `client` has gone. */
  async enter(isRetry: boolean, client: { onClientGone: Set<() => void> }): Promise<W | QueueErrorCode> {
    const { queueDepth, queueWait } = this.#limits;
    const free = this.depth === 0 || isRetry ? this.#acquire() : undefined;
    if (free) return free;
    if (!isRetry && this.depth >= queueDepth) return 'full';

    return new Promise((resolve) => {
      const waiters = isRetry ? this.#retries : this.#waiters;
      const waiter: Waiter<W> = (found) => {
        waiters.delete(waiter);
        clearTimeout(timer);
        client.onClientGone.delete(abandon);
        resolve(found);
      };
      const timer = setTimeout(() => waiter('timeout'), queueWait);
      const abandon = () => waiter('abandoned');
      client.onClientGone.add(abandon);
      waiters.add(waiter);
    });
  }

  /** Gives free workers to waiting requests. To be called whenever a worker has become free. */
  serve(): void {
    for (const waiters of [this.#retries, this.#waiters]) {
      for (const waiter of waiters) {
        const worker = this.#acquire();
        if (worker === undefined) return;
        waiter(worker);
      }
    }
  }
}
