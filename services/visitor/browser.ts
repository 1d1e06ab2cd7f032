// What a browser keeps between requests: cookies, open connections, and the forms of the page that it read last.

import { isIP } from 'node:net';
import { parse } from 'node-html-parser';
import { CookieJar } from 'tough-cookie';
import { parseHsts } from './hsts.ts';
import type { Connection } from './visit/connection.ts';
import type { ReceivedResponse } from './visit/read.ts';

const MAX_BROWSERS = 100;

export class Browser {
  readonly #cookies = new CookieJar();
  readonly #connections = new Map<string, Connection>();
  /** The TLS session of each site, to be resumed. */
  readonly sessions = new Map<string, Buffer>();
  /** The hosts that are asked by HTTPS only (HSTS), until when, in ms since 1970, and whether their subdomains are, too. */
  readonly #httpsOnly = new Map<string, { until: number; includeSubDomains: boolean }>();
  /** The hidden fields of the last page's forms, by the address that each is sent to. */
  #forms = new Map<string, Record<string, string>>();

  /** The open connection to `origin`, if there still is one. */
  kept(origin: string): Connection | undefined {
    const connection = this.#connections.get(origin);
    return connection?.usable ? connection : undefined;
  }

  /** Keeps `connection` for `origin` in the place of an earlier one, which is closed when nothing is under way over it. */
  keep(origin: string, connection: Connection): void {
    this.#connections.get(origin)?.retire();
    this.#connections.set(origin, connection);
  }

  /** The address that is asked for `url`: by HTTPS where its host, or one above it, requires that (RFC 6797, 8.3). */
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

  /** The headers that it adds to a request: its cookies, and for a form its origin. */
  headers(url: URL, isForm: boolean): Record<string, string> {
    const cookie = this.#cookies.getCookieStringSync(url.href);
    return {
      ...(cookie && { cookie }),
      ...(isForm && { origin: url.origin, 'content-type': 'application/x-www-form-urlencoded' }),
    };
  }

  /** What a form sent to `url` says: the hidden fields of the page that holds it, then those typed in. */
  fillIn(url: URL, typed: Record<string, string>): string {
    return new URLSearchParams({ ...this.#forms.get(url.href), ...typed }).toString();
  }

  /** Reads an answer: stores its cookies and, from a page, its forms. */
  read(url: URL, { headers, hsts, body }: Pick<ReceivedResponse, 'headers' | 'hsts' | 'body'>): void {
    for (const cookie of headers['set-cookie'] ?? [])
      this.#cookies.setCookieSync(cookie, url.href, { ignoreError: true });
    if (hsts !== undefined) this.#storeHsts(url, hsts);
    if (!headers['content-type']?.startsWith('text/html')) return;
    this.#forms = new Map(
      parse(body)
        .querySelectorAll('form')
        .map((form) => {
          const fields = form.querySelectorAll('input[type=hidden][name]');
          const hidden = fields.map((field) => [field.getAttribute('name') ?? '', field.getAttribute('value') ?? '']);
          return [new URL(form.getAttribute('action') ?? '', url).href, Object.fromEntries(hidden)];
        }),
    );
  }

  /** Only of a response by TLS, and of a name (RFC 6797, 8.1). */
  #storeHsts(url: URL, value: string): void {
    const policy = parseHsts(value);
    if (url.protocol !== 'https:' || policy === undefined || isIP(url.hostname) !== 0) return;
    const { maxAge, includeSubDomains } = policy;
    this.#httpsOnly.set(hostOf(url), { until: Date.now() + 1000 * maxAge, includeSubDomains });
  }

  /** Closes its connections. */
  close(): void {
    for (const connection of this.#connections.values()) connection.destroy();
  }
}

/** The host of an address; `tatis.test.`, written out to the root, is the same one. */
function hostOf({ hostname }: URL): string {
  return hostname.replace(/\.$/, '');
}

export type Browsers = { find: (name: string) => Browser; close: () => void };

/** Finds a browser by its name, or opens a new one; the one that was longest unused is closed when there are 100. */
export function createBrowsers(): Browsers {
  const browsers = new Map<string, Browser>();
  return {
    find(name) {
      const browser = browsers.get(name) ?? new Browser();
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
