// The state of a browser between requests: cookies, open connections, TLS sessions, HSTS, the forms of the page read
// last, and the name of its private cache at the resolver.

import { randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import { CookieJar } from 'tough-cookie';
import { parseHsts } from './hsts.ts';
import { HostConnections } from './page-load/connections.ts';
import { readHtml } from './page-load/html.ts';
import { ResponseCache } from './page-load/response-cache.ts';
import type { Connection } from './visit/connection.ts';
import type { ReceivedResponse } from './visit/read.ts';

const MAX_BROWSERS = 100;

export class Browser {
  /** The lesson that its learner is at. */
  readonly currentLesson: () => string | undefined;
  readonly #cookies = new CookieJar();
  readonly #connections = new Map<string, HostConnections>();
  readonly responses = new ResponseCache();
  /** The name of the resolver's cache that it uses; undefined for the shared one. */
  cache: Buffer | undefined;
  /** The TLS session to resume, by site. */
  readonly sessions = new Map<string, Buffer>();
  /** The hosts that require HTTPS (HSTS), until when, in ms since 1970. */
  readonly #httpsOnly = new Map<string, { until: number; includeSubDomains: boolean }>();
  /** The last page, whose forms may be filled in. */
  #page = { html: '', url: 'about:blank' };

  constructor(currentLesson: () => string | undefined = () => undefined) {
    this.currentLesson = currentLesson;
  }

  /** The connection to `origin`, if it is still open. */
  kept(origin: string): Connection | undefined {
    return this.#connections.get(origin)?.first;
  }

  /** Keeps `connection` for `origin`, and retires earlier ones. */
  keep(origin: string, connection: Connection): void {
    this.connectionsTo(origin).replace(connection);
  }

  /** The connections to `origin`, for the requests of a page load. */
  connectionsTo(origin: string): HostConnections {
    const connections = this.#connections.get(origin) ?? new HostConnections();
    this.#connections.set(origin, connections);
    return connections;
  }

  /** Retires its connections: the next request to each host opens one. */
  retireConnections(): void {
    for (const connections of this.#connections.values()) connections.retire();
  }

  /** `url`, with https where its host, or a parent domain, requires it (RFC 6797, 8.3). */
  httpsUrl(url: URL): URL {
    if (url.protocol !== 'http:' || !this.#isHttpsOnly(hostOf(url))) return url;
    return new URL(url.href.replace(/^http:/, 'https:'));
  }

  #isHttpsOnly(host: string): boolean {
    const labels = host.split('.');
    return labels.some((_, depth) => {
      const known = this.#httpsOnly.get(labels.slice(depth).join('.'));
      return known !== undefined && known.until > Date.now() && (depth === 0 || known.includeSubDomains);
    });
  }

  /** The headers that it adds to a request: cookies, and for a form its origin and type. */
  headers(url: URL, isForm: boolean): Record<string, string> {
    const cookie = this.#cookies.getCookieStringSync(url.href);
    return {
      ...(cookie && { cookie }),
      ...(isForm && { origin: url.origin, 'content-type': 'application/x-www-form-urlencoded' }),
    };
  }

  /** The body of a form sent to `url`: the hidden fields of that form on the last page, and the fields typed. */
  fillIn(url: URL, typed: Record<string, string>): string {
    const { forms } = readHtml(this.#page.html, this.#page.url);
    return new URLSearchParams({ ...forms.get(url.href), ...typed }).toString();
  }

  /** Stores a response's cookies and HSTS policy and, of a page, its HTML. */
  read(url: URL, { headers, hsts, body }: Pick<ReceivedResponse, 'headers' | 'hsts' | 'body'>, isPage = true): void {
    for (const cookie of headers['set-cookie'] ?? [])
      this.#cookies.setCookieSync(cookie, url.href, { ignoreError: true });
    if (hsts !== undefined) this.#storeHsts(url, hsts);
    if (isPage && headers['content-type']?.startsWith('text/html')) this.#page = { html: body, url: url.href };
  }

  /** Only from a response over TLS, and for a name (RFC 6797, 8.1). */
  #storeHsts(url: URL, value: string): void {
    const policy = parseHsts(value);
    if (url.protocol !== 'https:' || policy === undefined || isIP(url.hostname) !== 0) return;
    const { maxAge, includeSubDomains } = policy;
    this.#httpsOnly.set(hostOf(url), { until: Date.now() + 1000 * maxAge, includeSubDomains });
  }

  /** Changes to an empty cache of its own, so that its next lookup begins at the root; others are not affected. */
  forgetNames(): void {
    this.cache = randomBytes(8);
  }

  /** Closes its connections. */
  close(): void {
    for (const connections of this.#connections.values()) connections.close();
  }
}

/** The host without a final dot: `tatis.test.` is the same. */
function hostOf({ hostname }: URL): string {
  return hostname.replace(/\.$/, '');
}

/** Finds a browser by its name, or makes a new one; of more than 100 the least recently used is closed. */
export function createBrowsers(currentLesson?: () => string | undefined) {
  const browsers = new Map<string, Browser>();
  return {
    find(name: string): Browser {
      const browser = browsers.get(name) ?? new Browser(currentLesson);
      browsers.delete(name);
      browsers.set(name, browser);
      const [oldest] = browsers.keys();
      if (browsers.size > MAX_BROWSERS && oldest !== undefined) {
        browsers.get(oldest)?.close();
        browsers.delete(oldest);
      }
      return browser;
    },
    close() {
      for (const browser of browsers.values()) browser.close();
    },
  };
}

export type Browsers = ReturnType<typeof createBrowsers>;
