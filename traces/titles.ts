// What a reader of a trace is told of a span beside its bar: not five times "GET", but who asks whom, and the one thing that
// tells most of it. Terminal, plain page and journey page say the same.

import { SpanKind } from '@opentelemetry/api';
import * as semconv from '@opentelemetry/semantic-conventions';
import * as names from '../otel/contract/names.ts';
import { shownName, type TraceSpan, type Value } from './model.ts';
import { own } from './own.ts';

const PARTS: Record<string, string> = { visitor: 'you', proxy: 'web server', gateway: 'app server', app: 'worker' };
/** Whom each asks, where the trace does not say. */
const RECEIVERS: Record<string, string> = { visitor: 'proxy', proxy: 'gateway', gateway: 'app' };
const METHOD = /^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|TRACE|CONNECT)\b/;

/** The title of `span`, with who does it: `web server → app server GET`. `receiver` is the service of the span below it. */
export function titleOf(span: TraceSpan, receiver?: string): string {
  const doing = doingOf(span, receiver);
  return METHOD.test(span.name) ? `${partOf(span.service)} ${doing}` : doing;
}

/** What is done in `span`, for a reader who is told the service beside it: `→ app server GET`, `opens GET`. */
export function doingOf(span: TraceSpan, receiver?: string): string {
  const { service, name, kind, attributes } = span;
  if (!METHOD.test(name)) return ownTitle(span);
  if (kind === SpanKind.SERVER) return `opens ${name}`;
  const worker = attributes[names.ATTR_WORKER_ID];
  const whom = receiver ?? own(RECEIVERS, service) ?? '?';
  return `→ ${worker === undefined ? partOf(whom) : text(worker)} ${name.split(' ')[0]}`;
}

function ownTitle({ service, name, attributes }: TraceSpan): string {
  if (service === 'router' && name === 'forward') {
    const next = attributes['waybill.router.next_hop'];
    return `${text(attributes['service.instance.id'])} → ${next === undefined ? '✗' : text(next)}`;
  }
  if (service === 'dns' && name === 'answer') return `${text(attributes['waybill.dns.zone'])} answers`;
  return shownName(name);
}

function partOf(service: string): string {
  return own(PARTS, service) ?? service;
}

/** The attributes that tell most of a span; the first that it has is shown. */
const TELLING = [
  names.ATTR_DNS_CACHE,
  names.ATTR_DNS_ANSWER_KIND,
  names.ATTR_DNS_ANSWERS,
  names.ATTR_ROUTER_WHY,
  names.ATTR_TLS_SERVER_SUBJECT,
  names.ATTR_TLS_CIPHER,
  names.ATTR_LOCATION_RULE,
  names.ATTR_FILE_PATH,
  names.ATTR_FILE_OUTCOME,
  names.ATTR_PERMISSION_REASON,
  semconv.ATTR_DB_QUERY_TEXT,
  semconv.ATTR_CODE_FILE_PATH,
  semconv.ATTR_HTTP_RESPONSE_STATUS_CODE,
  semconv.ATTR_SERVER_ADDRESS,
  semconv.ATTR_ERROR_TYPE,
];

/** What is worth saying beside the bar of a span: the error, or the attribute that tells most; '' when there is none. */
export function detailOf({ attributes, error }: TraceSpan): string {
  if (error !== null) return `✗ ${error || text(attributes[semconv.ATTR_ERROR_TYPE] ?? 'error')}`;
  const name = TELLING.find((each) => each in attributes);
  return name === undefined ? '' : text(attributes[name]);
}

/** At most so many characters of a text. */
export function short(words: string, most: number): string {
  return words.length > most ? `${words.slice(0, most - 1)}…` : words;
}

/** A value as a person reads it. */
export function text(value: Value | undefined): string {
  if (value === undefined || value === null) return '–';
  if (Array.isArray(value)) return value.map(text).join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
