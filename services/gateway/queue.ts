// Where requests wait for a free worker: first in, first out, bounded in depth and in time.
//
//   again:   those whose worker was lost; they have waited before, so they go first
//   waiting: the others; a request leaves early when its client goes or when it has waited too long

import type { FailureCode } from './errors.ts';

/** Why no worker was found; `abandoned`: the client went. */
export type Refusal = Extract<FailureCode, 'full' | 'timeout'> | 'abandoned';

export type Limits = { queueDepth: number; queueWait: number };

type Place<W> = (found: W | Refusal) => void;

/** A queue for workers that `take` gives out; `limits` are read anew for each request. */
export class Queue<W extends object> {
  readonly #take: () => W | undefined;
  readonly #limits: Limits;
  readonly #again = new Set<Place<W>>();
  readonly #waiting = new Set<Place<W>>();

  constructor(take: () => W | undefined, limits: Limits) {
    this.#take = take;
    this.#limits = limits;
  }

  get depth(): number {
    return this.#again.size + this.#waiting.size;
  }

  /** Resolves with a worker, or with why there is none; the `signal` of `client` ends the wait. */
  enter(isAgain: boolean, client: { signal: AbortSignal }): Promise<W | Refusal> | W | Refusal {
    const { queueDepth, queueWait } = this.#limits;
    const free = this.depth === 0 || isAgain ? this.#take() : undefined;
    if (free) return free;
    if (!isAgain && this.depth >= queueDepth) return 'full';

    return new Promise((resolve) => {
      const row = isAgain ? this.#again : this.#waiting;
      const place: Place<W> = (found) => {
        row.delete(place);
        clearTimeout(timer);
        client.signal.removeEventListener('abort', leave);
        resolve(found);
      };
      const timer = setTimeout(() => place('timeout'), queueWait);
      const leave = () => place('abandoned');
      client.signal.addEventListener('abort', leave);
      row.add(place);
    });
  }

  /** Gives free workers to those who wait. To be called whenever a worker has become free. */
  serve(): void {
    for (const row of [this.#again, this.#waiting]) {
      for (const place of row) {
        const worker = this.#take();
        if (worker === undefined) return;
        place(worker);
      }
    }
  }
}
