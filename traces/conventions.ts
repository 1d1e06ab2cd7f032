// What a span says by OpenTelemetry's conventions, also by the names of before 2023 (HTTP) and 2025 (databases), which many programs
// still use. https://opentelemetry.io/docs/specs/semconv/non-normative/http-migration/ and …/db-migration/

import { SpanKind } from '@opentelemetry/api';
import type { Values } from './model.ts';

/** Whether a span is of the side that receives: of a request or of a message. */
export function isIncoming({ kind }: { kind: SpanKind }): boolean {
  return kind === SpanKind.SERVER || kind === SpanKind.CONSUMER;
}

/** Whether it names the function that it is of. */
export function isFunction(attributes: Values): boolean {
  return 'code.function.name' in attributes || 'code.function' in attributes;
}

/** Whether it is a request to a database. */
export function isDatabaseCall(attributes: Values): boolean {
  return 'db.system.name' in attributes || 'db.system' in attributes;
}

/** Of a longer statement the beginning is enough to know it by. */
const MAX_STATEMENT = 10_000;

/** The statement of a database call; '' where its span does not have it. */
export function queryText(attributes: Values): string {
  return String(attributes['db.query.text'] ?? attributes['db.statement'] ?? '').slice(0, MAX_STATEMENT);
}

/** What a database call does, and to what: `SELECT polls_question`; the span's name where its attributes do not show it. */
export function querySummary({ name, attributes }: { name: string; attributes: Values }): string {
  const { 'db.query.summary': summary, 'db.operation.name': operation, 'db.collection.name': collection } = attributes;
  if (typeof summary === 'string') return summary;
  const text = ` ${queryText(attributes)}`;
  const [, verb] = /^\s*(\w+)/.exec(text) ?? [];
  const [, table] = TABLE.exec(text) ?? [];
  if (verb !== undefined) return table === undefined ? verb.toUpperCase() : `${verb.toUpperCase()} ${table}`;
  return [operation ?? name, collection].filter((each) => each !== undefined).join(' ');
}

/** The first table that a statement names: quoted as SQL, MySQL or SQL Server do, or bare; without its schema. */
const TABLE = /\s(?:from|into|update|table(?: if (?:not )?exists)?)\s+(?:["`[]?\w+["`\]]?\.)?["`[]?(\w+)/i;

/** The address or name of what a client's span calls; undefined where the span does not say. */
export function peerOf(attributes: Values): string | undefined {
  const named = PEER_ATTRIBUTES.map((name) => attributes[name]).find((value) => typeof value === 'string');
  const url = attributes['url.full'] ?? attributes['http.url'];
  return (named as string | undefined) ?? (typeof url === 'string' ? URL.parse(url)?.hostname : undefined);
}

const PEER_ATTRIBUTES = ['service.peer.name', 'peer.service', 'server.address', 'net.peer.name', 'messaging.system'];

export type HttpFacts = {
  method: string | null;
  /** Whole where the span knows it, else host and path, or the path alone. */
  url: string | null;
  status: number | null;
};

/** What `attributes` of a span say of its HTTP request; null what they do not. */
export function httpFacts(attributes: Values): HttpFacts {
  const method = attributes['http.request.method'] ?? attributes['http.method'];
  return {
    method: typeof method === 'string' ? method : null,
    url: urlOf(attributes),
    status: httpStatus(attributes),
  };
}

/** The status of its response; null where it has none. */
export function httpStatus(attributes: Values): number | null {
  const status = Number(attributes['http.response.status_code'] ?? attributes['http.status_code'] ?? Number.NaN);
  return Number.isInteger(status) ? status : null;
}

function urlOf(attributes: Values): string | null {
  const whole = attributes['url.full'] ?? attributes['http.url'];
  if (typeof whole === 'string') return whole;
  const path = attributes['url.path'] ?? attributes['http.target'];
  if (typeof path !== 'string') return null;
  const host = attributes['http.host'] ?? attributes['server.address'] ?? attributes['net.host.name'];
  const query = attributes['url.query'];
  const target = path + (typeof query === 'string' && query !== '' ? `?${query}` : '');
  if (typeof host !== 'string') return target;
  const scheme = attributes['url.scheme'] ?? attributes['http.scheme'] ?? 'http';
  const port = attributes['server.port'] ?? attributes['net.host.port'];
  const isUsual = port === undefined || port === (scheme === 'https' ? 443 : 80) || /:\d+$/.test(host);
  return `${scheme}://${host}${isUsual ? '' : `:${port}`}${target}`;
}

/** The attributes that say most of a span at a glance, the most important one first. */
export const DETAIL_ATTRIBUTES = [
  'db.query.text',
  'db.statement',
  'code.file.path',
  'http.response.status_code',
  'http.status_code',
  'server.address',
  'error.type',
];
