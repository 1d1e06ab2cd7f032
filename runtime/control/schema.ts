// What the bodies of control APIs are made of, for valibot: each says in a few words what it takes, so that a refusal
// can name the field and that. Objects take no array, and no name that JavaScript keeps for itself (`__proto__`).

import * as v from 'valibot';
import { type Bounds, boundsText, isWithin, MAX_TIMER_MS } from '../bounds.ts';
import { ApiError } from '../http/api-error.ts';

/** How many characters of a received name an error repeats. */
const SHOWN = 60;

/** A whole number within bounds. */
export function wholeNumber(bounds: Bounds) {
  return v.custom<number>((value) => isWithin(value, bounds), `takes ${boundsText(bounds)}`);
}

/** A time in ms that a timer can wait; 0 only with `min: 0`, where it means something. */
export function milliseconds({ min = 1, max = MAX_TIMER_MS }: Partial<Bounds> = {}) {
  return wholeNumber({ min, max, unit: 'ms' });
}

export function oneOf<const T extends readonly string[]>(values: T) {
  return v.picklist(values, `takes ${listOf(values)}`);
}

export function flag() {
  return v.boolean('takes true or false');
}

/** An object of exactly these fields; those that may be away are `v.optional`. */
export function object<E extends v.ObjectEntries>(entries: E) {
  const names = listOf(Object.keys(entries));
  const schema = v.strictObject(entries, ({ expected }) =>
    expected === 'never' ? `is unknown; expected ${names}` : expected === 'Object' ? OBJECT : 'is missing',
  );
  // The pipe's type would ask that the fields' input be anything; what the check lets through is what strictObject takes.
  return v.pipe(
    v.unknown(),
    v.check(isObject, OBJECT),
    schema as v.GenericSchema<unknown, v.InferOutput<typeof schema>>,
  );
}

/** An object of any names that `key` takes, each with a `value`. */
export function table<T>(key: v.GenericSchema<string, string>, value: v.GenericSchema<unknown, T>) {
  const schema = v.record(key, value, OBJECT) as v.GenericSchema<unknown, Record<string, T>>;
  return v.pipe(
    v.unknown(),
    v.check(isObject, OBJECT),
    v.check(hasOnlyOrdinaryNames, 'takes no field named __proto__, prototype or constructor'),
    schema,
  );
}

/** `value` as `schema` gives it. Throws an ApiError (400) that names the field and what it takes. */
export function checked<S extends v.GenericSchema>(schema: S, value: unknown): v.InferOutput<S> {
  const { success, output, issues } = v.safeParse(schema, value, { abortEarly: true });
  if (success) return output;
  const [issue] = issues;
  const field = v.getDotPath(issue)?.slice(0, SHOWN) ?? 'the body';
  throw new ApiError(400, 'bad_body', `${field} ${issue.message}`);
}

const OBJECT = 'takes an object';
/** Names that valibot passes over in a record without a word. */
const NOT_ORDINARY = ['__proto__', 'prototype', 'constructor'];

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function hasOnlyOrdinaryNames(value: unknown): boolean {
  return NOT_ORDINARY.every((name) => !Object.hasOwn(value as object, name));
}

function listOf(values: readonly string[]): string {
  return values.length < 2 ? values.join() : `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`;
}
