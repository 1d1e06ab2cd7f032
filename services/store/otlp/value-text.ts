// An attribute's value as text, as the collector writes it (pdata's Value.AsString): what a search compares with, and
// what the old JSON shows for lists and maps.

import type { AnyValue } from './traces.ts';

/** The text of a value; of none, ''. */
export function valueText(value: AnyValue = {}): string {
  if (value.stringValue !== undefined) return value.stringValue;
  if (value.boolValue !== undefined) return String(value.boolValue);
  if (value.intValue !== undefined) return value.intValue;
  if (value.doubleValue !== undefined) return doubleText(value.doubleValue);
  if (value.bytesValue !== undefined) return value.bytesValue;
  if (value.arrayValue ?? value.kvlistValue) return goJson(plain(value));
  return '';
}

/** ECMAScript 2026, not yet in TypeScript's library. */
const { rawJSON } = JSON as unknown as { rawJSON: (text: string) => unknown };

function plain(value: AnyValue = {}): unknown {
  if (value.arrayValue) return (value.arrayValue.values ?? []).map(plain);
  if (value.kvlistValue) {
    const entries = (value.kvlistValue.values ?? []).map(({ key = '', value: inner }) => [key, plain(inner)] as const);
    return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1))); // Go sorts the keys of a map
  }
  if (value.intValue !== undefined) return rawJSON(value.intValue);
  if (value.boolValue !== undefined || value.doubleValue !== undefined) return value.boolValue ?? value.doubleValue;
  return value.stringValue ?? value.bytesValue ?? null;
}

/** JSON as Go writes it: `<`, `>` and `&` escaped. */
function goJson(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`);
}

function doubleText(value: number | string): string {
  if (typeof value === 'string') return value;
  // From 1e21 and below 1e-6 both languages write an exponent; Go's has two digits.
  return String(value).replace(/e([+-])(\d)$/, (_, sign, digit) => `e${sign}0${digit}`);
}
