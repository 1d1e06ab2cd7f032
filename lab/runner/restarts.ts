// When a process that has ended is started again: at once the first time, then after waits that double, and no more once it
// has ended too often within a minute.

const WITHIN_MS = 60_000;
const MOST = 10;
const FIRST_WAIT_MS = 200;
const MAX_WAIT_MS = 3000;

/** How long to wait, in ms, before it is started again; or that it is not. */
export type Next = { wait: number } | 'give up';

/**
 * Counts the ends of one process. Those of a worker that was up do not count: the lessons end workers on purpose, and as
 * gunicorn's arbiter does, the next is started at once; only one that does not come up is given up.
 */
export function countEnds(kind: 'service' | 'worker', now: () => number = () => performance.now()) {
  let ends: number[] = [];
  return (wasUp: boolean): Next => {
    if (kind === 'worker' && wasUp) return { wait: 0 };
    const time = now();
    ends = [...ends.filter((end) => time - end < WITHIN_MS), time];
    if (ends.length >= MOST) return 'give up';
    return { wait: ends.length === 1 ? 0 : Math.min(FIRST_WAIT_MS * 2 ** (ends.length - 2), MAX_WAIT_MS) };
  };
}

/** For messages: how often, within what time, is too often. */
export const TOO_OFTEN = `${MOST} times within a minute`;
