// How large a number of a setting may be: a time in ms (Node turns a longer timer into one of 1 ms), a count.

/** The longest time that a timer can wait, in ms: 24 days. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

/** A whole number from `min` to `max`; `unit` is named in errors. */
export type Bounds = { min: number; max: number; unit?: string };

/** What a setting takes, as a person reads it: `a whole number from 1 to 100 (ms)`. */
export function boundsText({ min, max, unit }: Bounds): string {
  return `a whole number from ${min} to ${max}${unit === undefined ? '' : ` (${unit})`}`;
}

/** Whether `value` is a whole number within `bounds`. */
export function isWithin(value: unknown, { min, max }: Bounds): value is number {
  return Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max;
}
