// When a process that has ended is restarted: at once the first time, then after delays that double, and not any more once it has
// ended too often within a minute.

const WINDOW_MS = 60_000;
const MAX_ENDS = 10;
const FIRST_WAIT_MS = 200;
const MAX_WAIT_MS = 3000;

/** How long to wait, in ms, before it is restarted; or that it is not. */
export type Next = { wait: number } | 'give up';

/**
 * Counts the ends of one process. Those of a worker that was up do not count: lessons end workers on purpose, and as with gunicorn's
 * arbiter the next is started at once; only one that does not become ready is given up.
 */
export function countEnds(kind: 'service' | 'worker', now: () => number = () => performance.now()) {
  let ends: number[] = [];
  return (wasUp: boolean): Next => {
    if (kind === 'worker' && wasUp) return { wait: 0 };
    const time = now();
    ends = [...ends.filter((end) => time - end < WINDOW_MS), time];
    if (ends.length >= MAX_ENDS) return 'give up';
    return { wait: ends.length === 1 ? 0 : Math.min(FIRST_WAIT_MS * 2 ** (ends.length - 2), MAX_WAIT_MS) };
  };
}

/** For messages. */
export const TOO_OFTEN = `${MAX_ENDS} times within a minute`;
