// What sentences and titles are made of: values, counts and times as a reader sees them.

import { ATTR_HTTP_RESPONSE_STATUS_CODE } from '@opentelemetry/semantic-conventions';
import { ATTR_HTTP_RESPONSE_HEAD } from './names.ts';
import { displays } from './services.ts';
import type { RecordedSpan, SentenceOf } from './spec.ts';

/** A value as text; `?` for none. */
export function shown(value: unknown): string {
  if (value === undefined || value === null) return '?';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** An attribute of a span as text; `?` when it has none. */
export function text({ attributes }: RecordedSpan, name: string): string {
  return shown(attributes[name]);
}

/** The texts of a list; empty for any other value. */
export function list(value: unknown): string[] {
  return Array.isArray(value) ? value.map(shown) : [];
}

/** `1 row`, `2 rows`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** How long a span took: `0.12 ms`, `24.1 ms`, `812 ms`. */
export function time({ duration }: Pick<RecordedSpan, 'duration'>): string {
  return duration < 100 ? `${duration.toFixed(duration < 10 ? 2 : 1)} ms` : `${duration.toFixed(0)} ms`;
}

/** Why a span failed. */
export function failure({ error, attributes }: RecordedSpan): string {
  const type = attributes['error.type'];
  return error || (type === undefined ? 'it failed' : shown(type));
}

/** What its response is called: a page of the site, another file, or an answer for all but success. */
export function answerIn(span: RecordedSpan): string {
  const status = Number(span.attributes[ATTR_HTTP_RESPONSE_STATUS_CODE]);
  if (!(status >= 200 && status < 300)) return `answer (${status})`;
  const [, type = 'text/html'] = /^content-type: ([^;\r]+)/im.exec(text(span, ATTR_HTTP_RESPONSE_HEAD)) ?? [];
  return type === 'text/html' ? 'page' : 'file';
}

/** The same, with a page that is finished. */
export function finishedIn(span: RecordedSpan): string {
  return answerIn(span).replace('page', 'finished page');
}

/** The same as a visitor calls it, for whom a page is the website. */
export function websiteIn(span: RecordedSpan): string {
  return answerIn(span).replace('page', 'website');
}

/** The sentence at the end of a span: `say`, with the name of its response; `missing` and why, where none was begun. */
export function atAnswer(say: (answer: string, span: RecordedSpan) => string, missing: string): SentenceOf {
  return (span) =>
    ATTR_HTTP_RESPONSE_STATUS_CODE in span.attributes ? say(answerIn(span), span) : `${missing}: ${failure(span)}.`;
}

/** Whether a span's request was answered with a status from 400 to 499. */
export function isTurnedDown(span: RecordedSpan | undefined): boolean {
  const status = Number(span?.attributes['http.response.status_code']);
  return status >= 400 && status < 500;
}

/** An address as it is shown: without `http://`; `https://` stays. */
export function shownAddress(url: string): string {
  return url.replace(/^http:\/\//, '');
}

/** What a learner calls a service; its name where that is not of the lab. */
export function labelOf(service: string): string {
  return Object.hasOwn(displays, service) ? (displays[service]?.label ?? service) : service;
}

/** The title of a span that sends a request to `receiver`, unless the trace shows that another service received it. */
export function asks(receiver: string): (span: RecordedSpan, actual?: string) => string {
  return ({ name }, actual = receiver) => `→ ${labelOf(actual)} ${name.split(' ')[0]}`;
}

/** What a header Cache-Control makes a browser do (RFC 9111, 5.2.2): `may use it for 60 s without asking (max-age=60)`. */
export function cacheSentence(cacheControl: string): string {
  const has = (directive: string) => new RegExp(`(?:^|[\\s,])${directive}(?:$|[\\s,=])`, 'i').test(cacheControl);
  const by = `(${cacheControl})`;
  if (has('no-store')) return `must not keep it ${by}`;
  const seconds = /(?:^|[\s,])max-age="?(\d+)/i.exec(cacheControl)?.[1];
  if (has('no-cache') || Number(seconds) === 0) return `keeps it, but asks each time whether it has changed ${by}`;
  if (seconds === undefined) return `asks each time whether it has changed ${by}`;
  const always = has('immutable') ? ', even when you reload the page' : '';
  return `may use it for ${lasting(Number(seconds))} without asking${always} ${by}`;
}

/** `60 s`, `2 hours`, `365 days`. */
function lasting(seconds: number): string {
  if (seconds >= 172_800) return `${Math.round(seconds / 86_400)} days`;
  return seconds >= 7200 ? `${Math.round(seconds / 3600)} hours` : `${seconds} s`;
}
