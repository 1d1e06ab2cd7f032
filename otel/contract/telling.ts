// What sentences and titles are made of: values, counts and times as a reader sees them.

import { looks } from './services.ts';
import type { RecordedSpan } from './spec.ts';

/** A value as text; `?` for none. */
export function shown(value: unknown): string {
  if (value === undefined || value === null) return '?';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** An attribute of a span as text; `?` when it has none. */
export function text({ attributes }: RecordedSpan, name: string): string {
  return shown(attributes[name]);
}

/** The texts of a list; empty for what is no list. */
export function list(value: unknown): string[] {
  return Array.isArray(value) ? value.map(shown) : [];
}

/** `1 row`, `2 rows`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** How long a span took: `0.12 ms`, `24.1 ms`, `812 ms`. */
export function time({ duration }: RecordedSpan): string {
  return duration < 100 ? `${duration.toFixed(duration < 10 ? 2 : 1)} ms` : `${duration.toFixed(0)} ms`;
}

/** Why a span failed. */
export function failure({ error, attributes }: RecordedSpan): string {
  const type = attributes['error.type'];
  return error || (type === undefined ? 'it failed' : shown(type));
}

/** Whether a span's request was answered with a status from 400 to 499. */
export function isTurnedDown(span: RecordedSpan | undefined): boolean {
  const status = Number(span?.attributes['http.response.status_code']);
  return status >= 400 && status < 500;
}

/** An address as it is shown: without `http://`, which says nothing; `https://` says something. */
export function shownAddress(url: string): string {
  return url.replace(/^http:\/\//, '');
}

/** What a learner calls a service; its name where that is not of the lab. */
export function labelOf(service: string): string {
  return Object.hasOwn(looks, service) ? (looks[service]?.label ?? service) : service;
}

/** The title of a span that sends a request to `receiver`, unless the trace says that another got it. */
export function asks(receiver: string): (span: RecordedSpan, actual?: string) => string {
  return ({ name }, actual = receiver) => `→ ${labelOf(actual)} ${name.split(' ')[0]}`;
}
