// The only source of explicit span times. Date.now() has a resolution of 1 ms, too coarse for a hop of 80 µs;
// performance.now() is fine-grained, but starts anywhere, and stands still while a laptop sleeps. So it is anchored to
// the wall clock at the moment of a tick (performance.timeOrigin is up to 2 ms off, more than a hop takes), and again
// after a jump.

const MAX_DRIFT_MS = 10;
/** A tick that was noticed late, because the process was interrupted, gives a wrong anchor: two must agree so far, in ms. */
const AGREE_MS = 0.02;
const MAX_TICKS = 30;

/** Sources of time, replaceable so that a test can jump: `wall` in ms since 1970, `steady` in ms since any start. */
export type Sources = { wall: () => number; steady: () => number };

/**
 * Makes a clock that runs as `steady` does and agrees with `wall` to within 10 ms; `anchorOf` tells what to add to `steady`.
 * Returns a function that gives ms since 1970 with the resolution of `steady` (about 1 µs).
 */
export function createClock(sources: Sources, anchorOf: (sources: Sources) => number = anchorAtTick): () => number {
  const { wall, steady } = sources;
  let anchor = anchorOf(sources);
  return () => {
    const time = anchor + steady();
    if (Math.abs(time - wall()) <= MAX_DRIFT_MS) return time;
    anchor = anchorOf(sources);
    return anchor + steady();
  };
}

/** What to add to `steady` to get `wall`, as seen when `wall` ticks: good to some µs; takes 2 ms, more on a busy machine. */
export function anchorAtTick({ wall, steady }: Sources): number {
  let best = Number.NEGATIVE_INFINITY;
  for (let tick = 0; tick < MAX_TICKS; tick++) {
    const before = wall();
    let now = before;
    while (now === before) now = wall();
    const anchor = now - steady();
    if (Math.abs(anchor - best) <= AGREE_MS) return Math.max(anchor, best);
    best = Math.max(anchor, best); // noticed late, it is less
  }
  return best;
}

/** The time now, in ms since 1970, with a resolution of about 1 µs; what every span starts and ends with. */
export const now: () => number = createClock({ wall: Date.now, steady: () => performance.now() });
