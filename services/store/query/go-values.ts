// Reads times, durations, numbers and ids from a query's text as Go's standard library does, because that is what
// Jaeger's clients write for; an error says what Go would say.

import { own } from '../../../traces/own.ts';

/** A parameter that cannot be read. */
export class BadValue extends Error {}

const UNITS: Record<string, number> = { ns: 1, us: 1e3, µs: 1e3, μs: 1e3, ms: 1e6, s: 1e9, m: 6e10, h: 3.6e12 };

/** A duration such as `1.5ms` or `1h30m`, in ns. */
export function parseDuration(text: string): bigint {
  const [, sign, amounts = ''] = /^([+-]?)(.*)$/s.exec(text) ?? [];
  if (amounts === '0') return 0n;
  let nanoseconds = 0;
  let rest = amounts;
  if (rest === '') throw new BadValue(`time: invalid duration ${quote(text)}`);
  while (rest !== '') {
    const [matched, number, unit = ''] = /^(\d+\.?\d*|\.\d+)([^.\d]*)/.exec(rest) ?? [];
    if (matched === undefined || number === undefined) throw new BadValue(`time: invalid duration ${quote(text)}`);
    if (unit === '') throw new BadValue(`time: missing unit in duration ${quote(text)}`);
    const factor = own(UNITS, unit);
    if (factor === undefined) throw new BadValue(`time: unknown unit ${quote(unit)} in duration ${quote(text)}`);
    nanoseconds += Number(number) * factor;
    rest = rest.slice(matched.length);
  }
  if (nanoseconds > 2 ** 63) throw new BadValue(`time: invalid duration ${quote(text)}`);
  return BigInt(Math.trunc(nanoseconds)) * (sign === '-' ? -1n : 1n);
}

const LAYOUT = '2006-01-02T15:04:05.999999999Z07:00';
const PARTS: [RegExp, string][] = [
  [/^\d{4}/, '2006'],
  [/^-/, '-'],
  [/^\d\d/, '01'],
  [/^-/, '-'],
  [/^\d\d/, '02'],
  [/^T/, 'T'],
  [/^\d\d?/, '15'],
  [/^:/, ':'],
  [/^\d\d/, '04'],
  [/^:/, ':'],
  [/^\d\d(?:[.,]\d+)?/, '05'],
  [/^(?:Z|[+-]\d\d:\d\d)/, 'Z07:00'],
];

/** A time in RFC 3339, such as `2026-11-20T00:00:00.5Z`, in ns since 1970. */
export function parseTime(text: string): bigint {
  const found: string[] = [];
  let rest = text;
  for (const [shape, name] of PARTS) {
    const [part] = shape.exec(rest) ?? [];
    if (part === undefined) {
      throw new BadValue(
        `parsing time ${quote(text)} as ${quote(LAYOUT)}: cannot parse ${quote(rest)} as ${quote(name)}`,
      );
    }
    found.push(part);
    rest = rest.slice(part.length);
  }
  if (rest !== '') throw new BadValue(`parsing time ${quote(text)}: extra text: ${quote(rest)}`);
  const [year, , month, , day, , hour = '', , minute, , second = '', zone] = found;
  const outside = (what: string) => new BadValue(`parsing time ${quote(text)}: ${what} out of range`);
  if (Number(month) < 1 || Number(month) > 12) throw outside('month');
  if (Number(hour) > 23) throw outside('hour');
  if (Number(minute) > 59) throw outside('minute');
  if (Number.parseFloat(second) >= 60) throw outside('second');
  const days = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  if (Number(day) < 1 || Number(day) > days) throw outside('day');
  const [whole = '', fraction = ''] = second.split(/[.,]/);
  const milliseconds = Date.parse(`${year}-${month}-${day}T${hour.padStart(2, '0')}:${minute}:${whole}${zone}`);
  if (Number.isNaN(milliseconds)) throw outside('time zone offset hour');
  return BigInt(milliseconds) * 1_000_000n + BigInt(fraction.padEnd(9, '0').slice(0, 9));
}

/** A whole number; `parser` is the function of Go's strconv that would have read it. */
export function parseInteger(text: string, parser: 'Atoi' | 'ParseInt'): number {
  if (!/^[+-]?\d+$/.test(text)) throw new BadValue(`strconv.${parser}: parsing ${quote(text)}: invalid syntax`);
  const number = Number(text);
  if (Math.abs(number) >= 2 ** 63) throw new BadValue(`strconv.${parser}: parsing ${quote(text)}: value out of range`);
  return number;
}

/** A trace id in hex, leading zeros left out or not, or in base64; as 32 hex digits. */
export function parseTraceId(text: string): string {
  if (/^[0-9a-f]{1,32}$/i.test(text)) return text.toLowerCase().padStart(32, '0');
  if (text.length > 32) throw new BadValue(`TraceID cannot be longer than 32 hex characters: ${text}`);
  const high = text.length > 16 ? text.slice(0, -16) : '';
  const wrong = /^[0-9a-f]+$/i.test(high) || high === '' ? text.slice(high.length) : high;
  if (text.length > 24 || !/^[\w+/-]*={0,2}$/.test(text) || text.replace(/=+$/, '').length % 4 === 1) {
    throw new BadValue(`strconv.ParseUint: parsing ${quote(wrong)}: invalid syntax`);
  }
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== 16 && bytes.length !== 8) throw new BadValue('invalid length for TraceID');
  return bytes.toString('hex').padStart(32, '0');
}

/** `text` in double quotes, as Go's %q. */
export function quote(text: string): string {
  return JSON.stringify(text);
}
