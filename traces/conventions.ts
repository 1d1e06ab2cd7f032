// What a span says by OpenTelemetry's conventions, also by the names of before 2023, which many programs still use.
// https://opentelemetry.io/docs/specs/semconv/non-normative/http-migration/

import type { Values } from './model.ts';

/** Whether it is a request to a database. */
export function isDatabaseCall(attributes: Values): boolean {
  return 'db.system.name' in attributes || 'db.system' in attributes;
}

export type HttpFacts = {
  method: string | null;
  /** Whole where the span knows it, else host and path, or the path alone. */
  url: string | null;
  status: number | null;
};

/** What `attributes` of a span say of its HTTP request; null what they do not. */
export function httpFacts(attributes: Values): HttpFacts {
  const first = (...names: string[]) => names.map((name) => attributes[name]).find((value) => value !== undefined);
  const method = first('http.request.method', 'http.method');
  const status = Number(first('http.response.status_code', 'http.status_code') ?? Number.NaN);
  return {
    method: typeof method === 'string' ? method : null,
    url: urlOf(attributes, first),
    status: Number.isInteger(status) ? status : null,
  };
}

function urlOf(attributes: Values, first: (...names: string[]) => Values[string] | undefined): string | null {
  const whole = first('url.full', 'http.url');
  if (typeof whole === 'string') return whole;
  const path = first('url.path', 'http.target');
  if (typeof path !== 'string') return null;
  const host = first('http.host', 'server.address', 'net.host.name');
  const query = attributes['url.query'];
  const target = path + (typeof query === 'string' && query !== '' ? `?${query}` : '');
  if (typeof host !== 'string') return target;
  const scheme = first('url.scheme', 'http.scheme') ?? 'http';
  const port = first('server.port', 'net.host.port');
  const isUsual = port === undefined || port === (scheme === 'https' ? 443 : 80) || /:\d+$/.test(host);
  return `${scheme}://${host}${isUsual ? '' : `:${port}`}${target}`;
}
