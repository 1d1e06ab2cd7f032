// What a row says: not five times "GET", but who asks whom, and the one thing that tells most of it.

import type { TraceSpan, Value } from '../../../../traces/model.ts';
import { own } from '../../../../traces/own.ts';
import type { Row } from './tree.ts';

const PARTS: Record<string, string> = { proxy: 'web server', gateway: 'app server', app: 'worker' };
const METHOD = /^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|TRACE|CONNECT)\b/;

/** Title and detail of a row. */
export function titleOf(row: Row): { title: string; detail: string } {
  const { span } = row;
  return { title: METHOD.test(span.name) ? exchangeTitle(row) : ownTitle(span), detail: detailOf(span) };
}

function exchangeTitle({ span, children }: Row): string {
  const { service, name, kind } = span;
  const [method = ''] = name.split(' ');
  if (kind !== 2) return `${own(PARTS, service) ?? service} opens ${name}`;
  const whom = children[0]?.span.service ?? own({ visitor: 'proxy', proxy: 'gateway', gateway: 'app' }, service);
  const worker = span.attributes['waybill.worker.id'];
  const me = service === 'visitor' ? 'you' : (own(PARTS, service) ?? service);
  return `${me} → ${worker ?? own(PARTS, whom ?? '') ?? whom ?? '?'} ${method}`;
}

function ownTitle({ service, name, attributes }: TraceSpan): string {
  if (service === 'router' && name === 'forward') {
    const next = attributes['waybill.router.next_hop'];
    return `${text(attributes['service.instance.id'])} → ${next === undefined ? '✗' : text(next)}`;
  }
  if (service === 'dns' && name === 'answer') return `${text(attributes['waybill.dns.zone'])} answers`;
  return name;
}

/** The attributes that tell most of a span; the first that it has is shown. */
const TELLING = [
  'waybill.dns.cache',
  'waybill.dns.answer_kind',
  'dns.answers',
  'waybill.router.why',
  'waybill.location.rule',
  'file.path',
  'waybill.file.outcome',
  'waybill.permission.reason',
  'db.query.text',
  'code.file.path',
  'http.response.status_code',
  'error.type',
];

function detailOf({ attributes, error, name }: TraceSpan): string {
  if (error !== null) return short(error || text(attributes['error.type'] ?? 'error'), 80);
  if (name.startsWith('ask ')) return text(attributes['server.address']);
  const found = TELLING.find((each) => each in attributes);
  return found === undefined ? '' : short(text(attributes[found]), 80);
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
