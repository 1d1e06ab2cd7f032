// The only source of explicit span times. Date.now() has a resolution of 1 ms, too coarse for a hop of 80 µs;
// performance.now() is fine-grained but stands still while a laptop sleeps, so it is anchored again after a jump.

const MAX_DRIFT_MS = 10;

/** Sources of time, replaceable so that a test can jump: `wall` in ms since 1970, `steady` in ms since any start. */
export type Sources = { wall: () => number; steady: () => number };

/**
 * Makes a clock that reads `steady` and agrees with `wall` to within 10 ms.
 * Returns a function that gives ms since 1970 with the resolution of `steady` (about 1 µs).
 */
export function createClock({ wall, steady }: Sources, anchor = wall() - steady()): () => number {
  return () => {
    const ticks = steady();
    if (Math.abs(anchor + ticks - wall()) > MAX_DRIFT_MS) anchor = wall() - ticks;
    return anchor + ticks;
  };
}

/** The time now, in ms since 1970, with a resolution of about 1 µs; what every span starts and ends with. */
export const now: () => number = createClock(
  { wall: Date.now, steady: () => performance.now() },
  performance.timeOrigin,
);
