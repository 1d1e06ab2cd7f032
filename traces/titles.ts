// The text beside the bar of a span: client and server of a request ("web server → app server GET"), and the most important
// attribute. The same in the terminal, on the plain page and on the journey page.

import { SpanKind } from '@opentelemetry/api';
import * as semconv from '@opentelemetry/semantic-conventions';
import { findSpec } from '../otel/contract/index.ts';
import { labelOf } from '../otel/contract/phrases.ts';
import { DETAIL_ATTRIBUTES, isDatabaseCall, peerOf, querySummary } from './conventions.ts';
import { shownName, type TraceSpan, type Value } from './model.ts';
import type { SpanNode } from './tree.ts';

const METHOD = /^(?:HTTP )?(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|TRACE|CONNECT)\b/;

/** The title of `span`, with the service that does it: `web server → app server GET`. `receiver` is the service of the span below it. */
export function titleOf(span: TraceSpan, receiver?: string): string {
  const action = actionOf(span, receiver);
  return METHOD.test(span.name) ? `${labelOf(span.service)} ${action}` : action;
}

/** What `span` does, without its service: `→ app server GET`, `opens GET`. */
export function actionOf(span: TraceSpan, receiver?: string): string {
  const title = findSpec(span)?.title;
  if (title) return title(span, receiver);
  const { name, kind } = span;
  if (isDatabaseCall(span.attributes)) return querySummary(span) || shownName(name);
  const [, method] = METHOD.exec(name) ?? [];
  if (method === undefined) return shownName(name);
  if (kind === SpanKind.SERVER) return `opens ${name}`;
  if (kind !== SpanKind.CLIENT) return name; // of FastAPI: `GET /items http send`
  return `→ ${receiver === undefined ? (peerOf(span.attributes) ?? '?') : labelOf(receiver)} ${method}`;
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

/** The detail beside the bar of a span: the error, or the most important attribute; '' when there is none. */
export function detailOf(span: TraceSpan): string {
  const { attributes, error } = span;
  if (error !== null) return `✗ ${error || valueText(attributes[semconv.ATTR_ERROR_TYPE] ?? 'error')}`;
  const name = [...(findSpec(span)?.detail ?? []), ...DETAIL_ATTRIBUTES].find((each) => each in attributes);
  return name === undefined ? '' : valueText(attributes[name]);
}

/** `words`, cut to `max` characters. */
export function short(words: string, max: number): string {
  return words.length > max ? `${words.slice(0, max - 1)}…` : words;
}

/** A value as text; `–` for none. */
export function valueText(value: Value | undefined): string {
  if (value === undefined || value === null) return '–';
  if (Array.isArray(value)) return value.map(valueText).join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
