// A browser's private cache (RFC 9111): what it has of an address, whether that may be used without asking, and by what to ask. No
// freshness is guessed (heuristic), so that each one that is used has a rule that says so.

import CachePolicy from 'http-cache-semantics';
import { cacheSentence } from '../../../otel/contract/phrases.ts';
import type { ReceivedResponse } from '../visit/read.ts';

const MAX_ADDRESSES = 500;
/** Of one address, by Vary. */
const MAX_VARIANTS = 8;
const OPTIONS = { shared: false, cacheHeuristic: 0, immutableMinTimeToLive: 0 };

type Entry = { policy: CachePolicy; asked: Record<string, string>; response: ReceivedResponse; fetchedInMs: number };
type CachedRequest = { method: string; url: URL; headers: Record<string, string> };

/** What the cache has for a request: `headers` are those by which the server is asked whether it has changed. */
export type Found =
  | { state: 'none' | 'stale' | 'vary'; headers: Record<string, string> }
  | { state: 'asks'; headers: Record<string, string>; entry: Entry }
  | FoundFresh;

/** A stored response that may be used without asking. */
export type FoundFresh = { state: 'fresh'; headers: Record<string, string>; entry: Entry };

export class ResponseCache {
  readonly #entries = new Map<string, Entry[]>(); // the least recently used first

  find({ method, url, headers }: CachedRequest): Found {
    const entries = method === 'GET' ? (this.#entries.get(url.href) ?? []) : [];
    const request = { method, url: url.href, headers };
    for (const entry of entries) {
      if (entry.policy.satisfiesWithoutRevalidation(request)) return { state: 'fresh', headers: {}, entry };
    }
    for (const entry of entries) {
      const asked = conditions(entry.policy, request);
      if (Object.keys(asked).length > 0) return { state: 'asks', headers: asked, entry };
    }
    const state = entries.length === 0 ? 'none' : entries.some((entry) => isFor(entry, headers)) ? 'stale' : 'vary';
    return { state, headers: {} };
  }

  /**
   * Stores `response`, or by a 304 freshens what was `found`. `response`: what the page gets; `isSame`: whether that is what the cache had.
   */
  update(
    { method, url, headers }: CachedRequest,
    found: Found,
    response: ReceivedResponse,
    tookMs: number,
  ): { response: ReceivedResponse; isSame: boolean } {
    const request = { method, url: url.href, headers: { ...headers, ...found.headers } };
    const answer = { status: response.status, headers: withAge(response.headers as CachePolicy.Headers) };
    if ('entry' in found && response.status === 304) {
      const { policy } = found.entry.policy.revalidatedPolicy(request, answer);
      found.entry.policy = policy;
      return { response: found.entry.response, isSame: true };
    }
    // What it had is gone: the new one takes its place, also where it must not be kept (RFC 9111, 4.3.3).
    if ('entry' in found && response.status < 500) this.#drop(url.href, found.entry);
    const policy = new CachePolicy({ method, url: url.href, headers }, answer, OPTIONS);
    if (method === 'GET' && policy.storable())
      this.#add(url.href, { policy, asked: headers, response, fetchedInMs: tookMs });
    return { response, isSame: false };
  }

  #add(address: string, entry: Entry): void {
    const kept = this.#entries.get(address) ?? [];
    this.#entries.delete(address);
    this.#entries.set(address, [entry, ...kept].slice(0, MAX_VARIANTS));
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > MAX_ADDRESSES && oldest !== undefined) this.#entries.delete(oldest);
  }

  #drop(address: string, entry: Entry): void {
    const rest = (this.#entries.get(address) ?? []).filter((each) => each !== entry);
    this.#entries.set(address, rest);
  }
}

/** With the age that its Date shows (RFC 9111, 4.2.3): http-cache-semantics knows the header Age only. */
function withAge(headers: CachePolicy.Headers): CachePolicy.Headers {
  const apparent = Math.floor((Date.now() - Date.parse(String(headers.date))) / 1000) || 0;
  return { ...headers, age: String(Math.max(apparent, Number(headers.age) || 0)) };
}

/** Whether the headers that the response depends on (Vary) are those for which it was stored. */
function isFor({ asked, response }: Entry, headers: Record<string, string>): boolean {
  const names = (response.headers.vary ?? '').toLowerCase().split(/[\s,]+/);
  return names.every((name) => name !== '*' && asked[name] === headers[name]);
}

/** The headers by which the server is asked; none where the stored response is for other request headers, or has no validator. */
function conditions(policy: CachePolicy, request: { method: string; url: string; headers: Record<string, string> }) {
  const all = policy.revalidationHeaders(request);
  const names = ['if-none-match', 'if-modified-since'];
  return Object.fromEntries(names.flatMap((name) => (all[name] ? [[name, String(all[name])]] : [])));
}

/** What a browser does with a response, and by which header: `may use it for 60 s without asking (max-age=60)`. */
export function ruleOf({ headers, status }: ReceivedResponse): string {
  if (status >= 400) return `no answer to keep (${status})`;
  const rule = headers['cache-control'];
  if (rule !== undefined) return cacheSentence(String(rule));
  const validator = headers.etag === undefined ? headers['last-modified'] && 'Last-Modified' : 'ETag';
  if (headers.expires !== undefined) return `may use it until ${headers.expires} (Expires)`;
  return validator
    ? `asks each time whether it has changed (${validator})`
    : 'asks for it again each time (no header says more)';
}
