// Whole visits: what visitor, DNS and routers do before the request, and what the site does with it.

import type { Attributes } from '@opentelemetry/api';
import {
  ATTR_ERROR_TYPE,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_NETWORK_TRANSPORT,
} from '@opentelemetry/semantic-conventions';
import { dns, proxy, router, visitor } from '../otel/contract/index.ts';
import {
  ATTR_CACHE,
  ATTR_CONNECTION,
  ATTR_DNS_ANSWER_KIND,
  ATTR_DNS_CACHE,
  ATTR_DNS_RESPONSE_CODE,
  ATTR_LOOKUP,
  ATTR_TLS_ESTABLISHED,
  ATTR_TLS_MODE,
  ATTR_TLS_RESUMED,
} from '../otel/contract/names.ts';
import type { Expected } from '../traces/expected.ts';
import { expectSpan } from './expect.ts';

/** `miss`: in an empty cache of the resolver; `hit`: it has the name; `partial`: it has the name server only; a kept connection needs no lookup. `resumed`: the TLS session of the visit before is continued; `hsts`: sent by HTTPS, though HTTP was typed. */
export type Start =
  | { connection: 'new'; cache: 'miss' | 'partial' | 'hit'; resumed?: boolean; hsts?: boolean }
  | { connection: 'kept' };

export type ScenarioVisit = {
  method: 'GET' | 'POST';
  url: string;
  /** Fields typed into the form of the page before; its hidden fields are sent too, as a browser does. */
  form?: Record<string, string>;
  /** What is new and what is cached when it begins. */
  start: Start;
  /** The status that must come back; null where no answer can come. */
  status: number | null;
  /** The only TLS version that the visitor offers. */
  tls?: '1.1' | '1.2';
  /** Whether the browser's cache is used. */
  usesCache?: true;
  /** Accept-Encoding, where it is not the browser's. */
  encodings?: string;
  /** It is a whole page: the trace that it must leave from another start. */
  pageFrom?: (start: Start) => Expected;
  /** Sent at the same time as the visit before it. */
  together?: true;
  /** The trace that must be left. */
  expected: Expected;
  /** The trace that a background worker must leave, with a link to the first. */
  task?: Expected;
};

export const cold: Start & { connection: 'new' } = { connection: 'new', cache: 'miss' };
export const resumed: Start & { connection: 'new' } = { connection: 'new', cache: 'hit', resumed: true };
/** The answer before it had `Strict-Transport-Security`. */
export const afterHsts: Start & { connection: 'new' } = { ...resumed, hsts: true };
export const warm: Start & { connection: 'new' } = { connection: 'new', cache: 'hit' };
export const halfWarm: Start = { connection: 'new', cache: 'partial' };
export const kept: Start = { connection: 'kept' };

/** The same visit with another start: a comparison aligns two traces that start alike. */
export function visitFrom(start: Start, visited: ScenarioVisit): ScenarioVisit {
  if (visited.pageFrom) return { ...visited, start, expected: visited.pageFrom(start) };
  const request = visited.expected.children.at(-1);
  if (request === undefined || visited.status === null) return visited;
  return { ...visited, start, expected: journey(visited.url, start, request) };
}

// ── a whole visit ──

/** One request that is answered with `status`; `handled`: what the site does with it, below the proxy's own span. */
export function visit(
  method: ScenarioVisit['method'],
  url: string,
  start: Start,
  status: number,
  handled: Expected[],
  form?: ScenarioVisit['form'],
): ScenarioVisit {
  const sent = expectSpan(
    visitor.request,
    { words: { method }, attributes: { [ATTR_HTTP_RESPONSE_STATUS_CODE]: status } },
    expectSpan(
      proxy.server,
      { words: { method }, attributes: { [ATTR_HTTP_RESPONSE_STATUS_CODE]: status } },
      ...handled,
    ),
  );
  return { method, url, start, status, expected: journey(url, start, sent), ...(form && { form }) };
}

function journey(url: string, start: Start, sent: Expected): Expected {
  const isHsts = 'hsts' in start && start.hsts === true;
  const handshakes =
    url.startsWith('https:') || isHsts
      ? [handshake({ [ATTR_TLS_ESTABLISHED]: true, [ATTR_TLS_RESUMED]: 'resumed' in start && start.resumed === true })]
      : [];
  const found = start.connection === 'new' ? [lookup(url, start.cache), connect(), ...handshakes] : [];
  const attributes = {
    [ATTR_CONNECTION]: start.connection,
    [ATTR_LOOKUP]: start.connection === 'new' ? 'queried' : 'kept',
  };
  return expectSpan(visitor.visit, { attributes }, ...found, sent);
}

/** The same visit by a browser that uses its cache; `state`: what the cache has of it (`waybill.cache`). */
export function withCache(visited: ScenarioVisit, state: string): ScenarioVisit {
  const { attributes, ...expected } = visited.expected;
  return { ...visited, usesCache: true, expected: { ...expected, attributes: { ...attributes, [ATTR_CACHE]: state } } };
}

/** A visit that the browser's cache answers: no request is sent. */
export function fromCache(url: string): ScenarioVisit {
  const attributes = { [ATTR_CONNECTION]: 'cached', [ATTR_LOOKUP]: 'none', [ATTR_CACHE]: 'fresh' };
  const expected = expectSpan(visitor.visit, { attributes });
  return { method: 'GET', url, start: kept, status: 200, usesCache: true, expected };
}

/** A visit whose TLS handshake fails, so no request is sent; `isTls`: whether the port speaks TLS. */
export function handshakeFailed(
  url: string,
  code: string,
  { isTls = true, start = cold, tls }: { isTls?: boolean; start?: Start & { connection: 'new' }; tls?: '1.1' } = {},
): ScenarioVisit {
  const attributes = {
    [ATTR_CONNECTION]: 'refused',
    [ATTR_LOOKUP]: 'queried',
    [ATTR_TLS_MODE]: 'new',
    [ATTR_ERROR_TYPE]: code,
  };
  const failed = handshake({ [ATTR_TLS_ESTABLISHED]: false, [ATTR_ERROR_TYPE]: code }, isTls);
  const expected = expectSpan(visitor.visit, { attributes }, lookup(url, start.cache), connect(), failed);
  return { method: 'GET', url, start, status: null, expected, ...(tls && { tls }) };
}

/** Plain HTTP to the TLS port: the listener answers, and no site does. */
export function plainOnTlsPort(url: string, status: number): ScenarioVisit {
  const attributes = { [ATTR_HTTP_RESPONSE_STATUS_CODE]: status };
  const sent = expectSpan(visitor.request, { words: { method: 'GET' }, attributes });
  return { method: 'GET', url, start: cold, status, expected: journey(url, cold, sent) };
}

/** The handshake: the visitor's span, and below it the proxy's. */
export function handshake(attributes: Attributes, isTls = true): Expected {
  return expectSpan(visitor.handshake, { attributes }, ...(isTls ? [expectSpan(proxy.handshake, {})] : []));
}

/** A visit to a name that does not exist. */
export function unresolved(url: string, start: Start & { connection: 'new' }): ScenarioVisit {
  const steps = start.cache === 'miss' ? [ask('.', 'referral'), ask('test.', 'nxdomain')] : [];
  return notFound(url, { start, code: 'NXDOMAIN', steps });
}

/** A visit to a name whose own server does not answer. */
export function unanswered(url: string): ScenarioVisit {
  const failed = expectSpan(dns.ask, {
    words: { zone: 'silent.test.' },
    attributes: { [ATTR_ERROR_TYPE]: 'EHOSTUNREACH' },
  });
  const steps = [ask('.', 'referral'), ask('test.', 'referral'), failed];
  return notFound(url, { start: cold, code: 'SERVFAIL', steps });
}

function notFound(
  url: string,
  { start, code, steps }: { start: Start & { connection: 'new' }; code: string; steps: Expected[] },
): ScenarioVisit {
  const expected = expectSpan(
    visitor.visit,
    { attributes: { [ATTR_CONNECTION]: 'unresolved', [ATTR_LOOKUP]: 'queried', [ATTR_ERROR_TYPE]: code } },
    expectSpan(
      visitor.lookup,
      { attributes: { [ATTR_ERROR_TYPE]: code } },
      expectSpan(
        dns.resolve,
        { attributes: { [ATTR_DNS_CACHE]: start.cache, [ATTR_DNS_RESPONSE_CODE]: code } },
        ...steps,
      ),
    ),
  );
  return { method: 'GET', url, start, status: null, expected };
}

// ── DNS ──

/** The lookup of a name, by what is cached of it; a truncated answer is queried again over TCP, by resolver and visitor. */
function lookup(url: string, cache: 'miss' | 'partial' | 'hit'): Expected {
  const { hostname } = new URL(url);
  const zone = `${hostname.split('.').slice(-2).join('.')}.`;
  const walk = {
    miss: [ask('.', 'referral'), ask('test.', 'referral'), ask(zone, 'answer')],
    partial: [ask('test.', 'referral'), ask(zone, 'answer')],
    hit: [],
  }[cache];
  if (!hostname.startsWith('big.')) return expectSpan(visitor.lookup, {}, resolve(cache, 'udp', ...walk));
  return expectSpan(
    visitor.lookup,
    {},
    resolve(cache, 'udp', ...walk, ask(zone, 'answer', 'tcp')),
    resolve('hit', 'tcp'),
  );
}

function resolve(cache: string, transport: string, ...walk: Expected[]): Expected {
  return expectSpan(
    dns.resolve,
    { attributes: { [ATTR_DNS_CACHE]: cache, [ATTR_NETWORK_TRANSPORT]: transport } },
    ...walk,
  );
}

function ask(zone: string, kind: string, transport = 'udp'): Expected {
  return expectSpan(
    dns.ask,
    { words: { zone }, attributes: { [ATTR_NETWORK_TRANSPORT]: transport } },
    expectSpan(dns.answer, { attributes: { [ATTR_DNS_ANSWER_KIND]: kind } }),
  );
}

// ── routers ──

/** Every route has three routers. */
export function connect(): Expected {
  const routers = [expectSpan(router.forward, {}), expectSpan(router.forward, {}), expectSpan(router.forward, {})];
  return expectSpan(visitor.connect, {}, ...routers);
}
