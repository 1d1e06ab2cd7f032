// The target of a request: host and path, from the request line and the Host header (RFC 9112, 3.2 and RFC 9110, 7.2).
// The path is decoded once and normalised, for rules and files; `raw` is what is forwarded.

import type { IncomingMessage } from 'node:http';
import { countHosts } from '../../runtime/http/host.ts';
import { isTls } from '../../runtime/net/tls.ts';
import type { FailureCode } from './errors.ts';

export type Target = {
  scheme: 'http' | 'https';
  /** Host with its port as received: `tatis.test:8180`. Empty if an HTTP/1.0 client sends none. */
  authority: string;
  /** The name alone, in lower case; if the request has none, the server name of its TLS connection. */
  host: string;
  /** Path and query as received. */
  raw: string;
  rawPath: string;
  query: string | undefined;
  /** The path, decoded, without `.`, `..` and doubled slashes; empty if it is malformed. */
  path: string;
  /** Why the request is refused. */
  failure: FailureCode | undefined;
};

/** Reads the target of a request, of at most `maxBytes`; `serverName` is that of its TLS connection. */
export function readTarget(request: IncomingMessage, maxBytes: number, serverName = ''): Target {
  const scheme = isTls(request.socket) ? 'https' : 'http';
  const { url = '' } = request;
  // An absolute form replaces Host (RFC 9112, 3.2.2): clients send it to proxies, and a server must accept it.
  const [, urlScheme, absoluteAuthority, rest = ''] = /^(https?):\/\/([^/?#]+)(.*)$/i.exec(url) ?? [];
  const isAbsolute = urlScheme?.toLowerCase() === scheme;
  const authority = (isAbsolute ? absoluteAuthority : request.headers.host) ?? '';
  const raw = !isAbsolute ? url : rest.startsWith('/') ? rest : `/${rest}`;
  const host = hostOf(authority);
  const queryStart = raw.indexOf('?');
  const rawPath = queryStart === -1 ? raw : raw.slice(0, queryStart);
  const path = normalise(rawPath);
  return {
    scheme,
    authority,
    host: host || serverName,
    raw,
    rawPath,
    query: queryStart === -1 ? undefined : raw.slice(queryStart + 1),
    path: path ?? '',
    failure: failureOf(),
  };

  function failureOf(): FailureCode | undefined {
    const { headers, httpVersionMajor } = request;
    if (httpVersionMajor < 1) return 'bad_request';
    if (httpVersionMajor > 1) return 'unsupported_version';
    const coding = headers['transfer-encoding'];
    if (coding !== undefined && coding.toLowerCase() !== 'chunked') return 'unsupported_coding';
    if (coding !== undefined && request.httpVersion === '1.0') return 'bad_request'; // RFC 9112, 6.1: where would it end?
    if (url.length > maxBytes) return 'target_too_long';
    if (countHosts(request) > 1) return 'host_duplicate';
    if (authority === '' && request.httpVersion !== '1.0') return 'host_missing';
    if (host === undefined) return 'host_malformed';
    if (path === undefined) return 'target_malformed';
    return undefined;
  }
}

/** The name in `authority` (a Host, a TLS server name), empty for an empty one (HTTP/1.0); undefined if it is malformed. */
export function hostOf(authority: string): string | undefined {
  if (authority === '') return '';
  const [, host] = /^([\w.-]+|\[[\da-f:.]+\])(?::\d{0,5})?$/i.exec(authority) ?? [];
  return host?.toLowerCase().replace(/\.$/, '');
}

/**
 * Decodes a path and resolves its dots (RFC 3986, 5.2.4): `/a/%2e%2e/b` is `/b`.
 * Undefined if it is not a path, is badly encoded, contains NUL, or leads above the root.
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
