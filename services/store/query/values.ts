// Reads times, durations, numbers and ids from a query's text as Jaeger reads them.

import { ApiError } from '../../../runtime/http/api-error.ts';
import { parseTraceId } from '../../../traces/model.ts';
import { booleanOf } from '../storage/match.ts';

/** A parameter that is not valid. */
export class BadValue extends ApiError {
  constructor(message: string) {
    super(400, 'bad_value', message);
  }
}

/** What `read` returns; its BadValue with the message that `phrase` makes of it. */
export function rephrase<T>(read: () => T, phrase: (message: string) => string): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof BadValue ? new BadValue(phrase(error.message)) : error;
  }
}

const UNITS = new Map([
  ['ns', 1],
  ['us', 1e3],
  ['µs', 1e3],
  ['μs', 1e3],
  ['ms', 1e6],
  ['s', 1e9],
  ['m', 60e9],
  ['h', 3600e9],
]);

/** A duration such as `1.5ms` or `1h30m`, in ns. */
export function duration(text: string): bigint {
  if (text === '0') return 0n;
  const parts = [...text.matchAll(/(\d+\.?\d*|\.\d+)(\D+?)(?=[\d.]|$)/g)];
  const nanoseconds = parts.reduce(
    (sum, [, number, unit = '']) => sum + Number(number) * (UNITS.get(unit) ?? Number.NaN),
    0,
  );
  const isWhole = parts.map(([part]) => part).join('') === text && text !== '';
  if (!isWhole || !(nanoseconds < 2 ** 63)) throw new BadValue(`not a duration such as 1.5ms: ${text}`);
  return BigInt(Math.trunc(nanoseconds));
}

/** A time in RFC 3339, such as `2026-11-20T00:00:00.5Z`, in ns since 1970. */
export function time(text: string): bigint {
  const [, date = '', clock, fraction = '', zone] =
    /^(\d{4}-\d\d-\d\d)T((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/.exec(text) ?? [];
  const milliseconds = Date.parse(`${date}T${clock}${zone}`);
  // A day that the month does not have would be taken for one of the next.
  const isDay = !Number.isNaN(milliseconds) && new Date(`${date}T00:00:00Z`).toISOString().startsWith(date);
  if (!isDay) throw new BadValue(`not a time such as 2026-11-20T00:00:00Z: ${text}`);
  return BigInt(milliseconds) * 1_000_000n + BigInt(fraction.padEnd(9, '0').slice(0, 9));
}

export function integer(text: string): number {
  const number = Number(text);
  if (!/^[+-]?\d+$/.test(text) || !Number.isSafeInteger(number)) throw new BadValue(`not a whole number: ${text}`);
  return number;
}

/** A trace id in hex, leading zeros left out or not; as 32 hex digits. */
export function traceId(text: string): string {
  const id = parseTraceId(text);
  if (id === undefined) throw new BadValue(`not a trace id: ${text}`);
  return id;
}

export function strings(text: string): Map<string, string> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new BadValue((error as Error).message);
  }
  const entries =
    typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [['', 0]];
  if (entries.some(([, each]) => typeof each !== 'string')) throw new BadValue('not a JSON object of strings');
  return new Map(entries as [string, string][]);
}

export function boolean(text: string): boolean {
  const value = booleanOf(text);
  if (value === undefined) throw new BadValue(`neither true nor false: ${text}`);
  return value;
}
