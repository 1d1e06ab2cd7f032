// What stands beside the bar of a span: not five times "GET", but which program asks which, and the one attribute that says most.
// Terminal, plain page and journey page say the same.

import { SpanKind } from '@opentelemetry/api';
import * as semconv from '@opentelemetry/semantic-conventions';
import { findSpec } from '../otel/contract/index.ts';
import { labelOf } from '../otel/contract/telling.ts';
import { shownName, type TraceSpan, type Value } from './model.ts';
import type { SpanNode } from './tree.ts';

const METHOD = /^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|TRACE|CONNECT)\b/;

/** The title of `span`, with who does it: `web server → app server GET`. `receiver` is the service of the span below it. */
export function titleOf(span: TraceSpan, receiver?: string): string {
  const doing = doingOf(span, receiver);
  return METHOD.test(span.name) ? `${labelOf(span.service)} ${doing}` : doing;
}

/** What is done in `span`, where its service stands beside it: `→ app server GET`, `opens GET`. */
export function doingOf(span: TraceSpan, receiver?: string): string {
  const title = findSpec(span)?.title;
  if (title) return title(span, receiver);
  const { name, kind } = span;
  if (!METHOD.test(name)) return shownName(name);
  if (kind === SpanKind.SERVER) return `opens ${name}`;
  const address = span.attributes[semconv.ATTR_SERVER_ADDRESS];
  return `→ ${receiver === undefined ? (address ?? '?') : labelOf(receiver)} ${name.split(' ')[0]}`;
}

/** The nearest other service below a span: other instrumentations may have put spans of its own between. */
export function receiverOf(node: SpanNode): string | undefined {
  let level: readonly SpanNode[] = node.children;
  while (level.length > 0) {
    const other = level.find(({ span }) => span.service !== node.span.service);
    if (other) return other.span.service;
    level = level.flatMap(({ children }) => children).slice(0, 100);
  }
  return undefined;
}

/** What tells most of a span that is not the lab's own, or has nothing better. */
const TELLING = [
  semconv.ATTR_DB_QUERY_TEXT,
  semconv.ATTR_CODE_FILE_PATH,
  semconv.ATTR_HTTP_RESPONSE_STATUS_CODE,
  semconv.ATTR_SERVER_ADDRESS,
  semconv.ATTR_ERROR_TYPE,
];

/** What is worth saying beside the bar of a span: the error, or the attribute that tells most; '' when there is none. */
export function detailOf(span: TraceSpan): string {
  const { attributes, error } = span;
  if (error !== null) return `✗ ${error || text(attributes[semconv.ATTR_ERROR_TYPE] ?? 'error')}`;
  const name = [...(findSpec(span)?.detail ?? []), ...TELLING].find((each) => each in attributes);
  return name === undefined ? '' : text(attributes[name]);
}

/** At most so many characters of a text. */
export function short(words: string, max: number): string {
  return words.length > max ? `${words.slice(0, max - 1)}…` : words;
}

/** A value as a person reads it. */
export function text(value: Value | undefined): string {
  if (value === undefined || value === null) return '–';
  if (Array.isArray(value)) return value.map(text).join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
