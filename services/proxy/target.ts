// Where a request wants to go: host and path, read from the request line and the Host header (RFC 9112, 3.2 and RFC 9110, 7.2).
// The path is decoded once and freed of dots, as rules and files are matched; `raw` is what is handed on.

import type { IncomingMessage } from 'node:http';
import { countHosts } from '../../runtime/http/host.ts';
import { isTls } from '../../runtime/net/tls.ts';
import type { FailureCode } from './errors.ts';

export type Target = {
  scheme: 'http' | 'https';
  /** Host as asked for, with its port: `tatis.test:8180`. Empty where an HTTP/1.0 client says none. */
  authority: string;
  /** The name alone, in lower case; where the request has none, the server name of its TLS connection. */
  host: string;
  /** Path and query as they came. */
  raw: string;
  query: string | undefined;
  /** The path, decoded, without `.`, `..` and doubled slashes. Undefined with a `failure`. */
  path: string;
  /** Why it can't be answered. */
  failure?: FailureCode;
};

/** Reads the target of a request; `failure` says what is wrong with it. `serverName` is the one of its TLS connection. */
export function readTarget(request: IncomingMessage, maxBytes: number, serverName = ''): Target {
  const scheme = isTls(request.socket) ? 'https' : 'http';
  const { form, url } = formOf(request.url ?? '', scheme);
  const authority = form?.authority ?? request.headers.host ?? '';
  const host = hostOf(authority);
  const raw = form?.raw ?? url;
  const at = raw.indexOf('?');
  const path = normalise(at === -1 ? raw : raw.slice(0, at));
  const target: Target = {
    scheme,
    authority,
    host: host || serverName,
    raw,
    query: at === -1 ? undefined : raw.slice(at + 1),
    path: path ?? '',
  };
  const failure = failureOf();
  return failure === undefined ? target : { ...target, failure };

  function failureOf(): FailureCode | undefined {
    const { headers, httpVersionMajor } = request;
    if (httpVersionMajor < 1) return 'bad_request';
    if (httpVersionMajor > 1) return 'version_unknown';
    const coding = headers['transfer-encoding'];
    if (coding !== undefined && coding.toLowerCase() !== 'chunked') return 'coding_unknown';
    if (coding !== undefined && request.httpVersion === '1.0') return 'bad_request'; // RFC 9112, 6.1: where would it end?
    if (url.length > maxBytes) return 'target_too_long';
    if (countHosts(request) > 1) return 'host_twice';
    if (authority === '' && request.httpVersion !== '1.0') return 'host_missing';
    if (host === undefined) return 'host_malformed';
    if (path === undefined) return 'target_malformed';
    return undefined;
  }
}

/** An absolute address takes the place of Host (RFC 9112, 3.2.2): only proxies are asked so, and a server must take it. */
function formOf(url: string, scheme: 'http' | 'https'): { form?: { authority: string; raw: string }; url: string } {
  if (url.startsWith('/')) return { url };
  const [, asked = '', authority, rest = ''] = /^(https?):\/\/([^/?#]+)(.*)$/i.exec(url) ?? [];
  if (authority === undefined || asked.toLowerCase() !== scheme) return { url };
  return { form: { authority, raw: rest.startsWith('/') ? rest : `/${rest}` }, url };
}

/** The name in `authority` (a Host, a TLS server name), undefined where it is malformed. An empty one is allowed (HTTP/1.0). */
export function hostOf(authority: string): string | undefined {
  if (authority === '') return '';
  const [, host] = /^([\w.-]+|\[[\da-f:.]+\])(?::\d{0,5})?$/i.exec(authority) ?? [];
  return host?.toLowerCase().replace(/\.$/, '');
}

/**
 * Decodes a path and resolves its dots, as RFC 3986, 5.2.4 says: `/a/%2e%2e/b` is `/b`.
 * Undefined for what is no path, is badly encoded, holds NUL, or climbs above the top.
 */
export function normalise(path: string): string | undefined {
  if (!path.startsWith('/')) return undefined;
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    return undefined;
  }
  if (decoded.includes('\0')) return undefined;
  const segments: string[] = [];
  const parts = decoded.split('/');
  for (const part of parts) {
    if (part === '..') {
      if (segments.pop() === undefined) return undefined;
    } else if (part !== '' && part !== '.') segments.push(part);
  }
  const isFolder = ['', '.', '..'].includes(parts.at(-1) ?? '');
  return `/${segments.join('/')}${isFolder && segments.length > 0 ? '/' : ''}`;
}
