// An attribute's value as text: what a search compares with, and what the old JSON shows for lists and maps.

import type { AnyValue } from '../../../traces/otlp/types.ts';

/** The text of a value; of none, ''. */
export function valueText(value: AnyValue = {}): string {
  if (value.arrayValue ?? value.kvlistValue) return JSON.stringify(plain(value));
  return String(value.stringValue ?? value.boolValue ?? value.intValue ?? value.doubleValue ?? value.bytesValue ?? '');
}

/** ECMAScript 2026, not yet in TypeScript's library. */
const { rawJSON } = JSON as unknown as { rawJSON: (text: string) => unknown };

function plain(value: AnyValue = {}): unknown {
  if (value.arrayValue) return (value.arrayValue.values ?? []).map(plain);
  if (value.kvlistValue) {
    return Object.fromEntries(
      (value.kvlistValue.values ?? []).map(({ key = '', value: inner }) => [key, plain(inner)]),
    );
  }
  if (value.intValue !== undefined) return rawJSON(value.intValue);
  return value.stringValue ?? value.boolValue ?? value.doubleValue ?? value.bytesValue ?? null;
}
