// The time axis: round numbers, and times as people read them.

import { number } from '../texts/format.ts';

/** Round steps from `from` to `to` (ms), at most `max` of them. */
export function ticks(from: number, to: number, max: number): number[] {
  const span = to - from;
  if (!(span > 0) || max < 1) return [];
  const rough = span / max;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= rough) ?? 10 * power;
  const first = Math.ceil(from / step - 1e-9);
  const count = Math.floor((to - first * step) / step + 1e-9);
  return Array.from({ length: Math.max(0, count + 1) }, (_, index) => (first + index) * step);
}

/** A duration in its fitting unit: `320 µs`, `4.71 ms`, `24.1 ms`, `812 ms`, `3.20 s`. */
export function duration(ms: number): string {
  if (!Number.isFinite(ms)) return '–';
  const size = Math.abs(ms);
  if (size === 0) return '0 ms';
  if (size < 0.9995) return `${number(ms * 1000)} µs`;
  if (size < 9.995) return `${number(ms, 2)} ms`;
  if (size < 99.95) return `${number(ms, 1)} ms`;
  if (size < 9999.5) return size < 999.5 ? `${number(ms)} ms` : `${number(ms / 1000, 2)} s`;
  return `${number(ms / 1000, 1)} s`;
}

/** The same with its sign; a true minus. */
export function difference(ms: number): string {
  return `${ms < 0 ? '−' : '+'}${duration(Math.abs(ms))}`;
}

// Not by Intl: its first date in a page costs 20 to 100 ms, before the first row is drawn.

/** The time of day of a moment (ms since 1970): `14:03:27`; '' for one that is none. */
export function clock(moment: number): string {
  const date = new Date(moment);
  return Number.isFinite(date.getTime()) ? date.toTimeString().slice(0, 8) : '';
}

/** Its day and minute: `20 Nov, 14:03`; '' for one that is none. */
export function dayAndTime(moment: number): string {
  const [, month, day] = new Date(moment).toDateString().split(' ');
  return day === undefined ? '' : `${day} ${month}, ${clock(moment).slice(0, 5)}`;
}
