// Runs take turns: a scenario empties the phonebook's memory and turns knobs, and would spoil what another one expects.

import { Problem } from '../../../runtime/http/problem.ts';

/** Gives turns, one at a time; at most `max` may wait for theirs. */
export function createTurns(max: number) {
  const waiting: (() => void)[] = [];
  let isTaken = false;

  const next = () => {
    const begin = waiting.shift();
    if (begin) begin();
    else isTaken = false;
  };

  /** Throws a Problem (429) when too many wait for their turn. */
  function refuseWhenFull(): void {
    if (waiting.length < max) return;
    const message = `${max} runs wait for their turn already. Try again in a moment.`;
    throw new Problem(429, 'busy', message, { 'retry-after': '5' });
  }

  /** Resolves when it is the caller's turn, with what ends it. Throws a Problem (429) when too many wait; rejects when `signal` aborts. */
  async function take(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (!isTaken) isTaken = true;
    else {
      refuseWhenFull();
      await new Promise<void>((resolve, reject) => {
        const begin = () => {
          signal.removeEventListener('abort', leave);
          resolve();
        };
        const leave = () => {
          waiting.splice(waiting.indexOf(begin), 1);
          reject(signal.reason);
        };
        signal.addEventListener('abort', leave, { once: true });
        waiting.push(begin);
      });
    }
    let isOver = false;
    return () => {
      if (!isOver) next();
      isOver = true;
    };
  }

  return { take, refuseWhenFull };
}

export type Turns = ReturnType<typeof createTurns>;
