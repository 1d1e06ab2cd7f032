// The clock of each process of a trace against the others. One that differs from most is wrong, whether it is the caller's or not.

import { type ClockOffset, estimateOf, isSkewed } from './clock.ts';

/** A process whose clock differs from most of the trace: by how many ms it is ahead, within which bounds. */
export type WrongClock = { processName: string; by: number; min: number | null; max: number };

/** The processes of a trace whose clocks are wrong; `offsets` as `offsetsIn` returns them, callers before those they call. */
export function wrongClocks(offsets: readonly ClockOffset[]): WrongClock[] {
  const clocks = new Map<string, { min: number | null; max: number }>();
  for (const offset of offsets) {
    const { from, to } = offset;
    if (!clocks.has(from)) clocks.set(from, { min: 0, max: 0 });
    if (clocks.has(to)) continue;
    const caller = clocks.get(from) as { min: number | null; max: number };
    const { min, max } = isSkewed(offset) ? offset : { min: 0, max: 0 };
    clocks.set(to, { min: min === null || caller.min === null ? null : caller.min + min, max: caller.max + max });
  }
  const right = mostCommon([...clocks.values()]);
  return [...clocks].flatMap(([processName, { min, max }]) => {
    const relative = { min: min === null ? null : min - right, max: max - right };
    return isSkewed(relative) ? [{ processName, by: estimateOf(relative), ...relative }] : [];
  });
}

/** The offset that most of the clocks may have; of several the one nearest to the first caller's. */
function mostCommon(clocks: readonly { min: number | null; max: number }[]): number {
  const candidates = [...new Set([0, ...clocks.map(estimateOf)])]
    .slice(0, 50)
    .sort((a, b) => Math.abs(a) - Math.abs(b));
  const agreeing = (value: number) =>
    clocks.filter(({ min, max }) => !isSkewed({ min: min === null ? null : min - value, max: max - value })).length;
  let [best, most] = [0, 0];
  for (const value of candidates) {
    const count = agreeing(value);
    if (count > most) [best, most] = [value, count];
  }
  return best;
}
