// What a browser remembers between letters: cookies, open connections, and the forms of the page that it read last.

import { isIP } from 'node:net';
import { parse } from 'node-html-parser';
import { CookieJar } from 'tough-cookie';
import type { Connection } from './connection.ts';
import type { ReceivedResponse } from './exchange.ts';

const MAX_BROWSERS = 100;

export class Browser {
  readonly #cookies = new CookieJar();
  readonly #connections = new Map<string, Connection>();
  /** Of each site under TLS what its last handshake left, to be taken up again. */
  readonly sessions = new Map<string, Buffer>();
  /** Until when a host is asked by HTTPS alone, in ms since 1970: it has said so (HSTS). */
  readonly #sealedOnly = new Map<string, number>();
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

  /** The address that is asked for `url`: by HTTPS where its host has said so (RFC 6797, 8.3; of subdomains nothing is taken). */
  sealed(url: URL): URL {
    if (url.protocol !== 'http:' || (this.#sealedOnly.get(url.hostname) ?? 0) <= Date.now()) return url;
    return new URL(url.href.replace(/^http:/, 'https:'));
  }

  /** The headers that it adds to a letter: its cookies, and for a form where it comes from. */
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
  read(url: URL, { headers, body }: Pick<ReceivedResponse, 'headers' | 'body'>): void {
    for (const cookie of headers['set-cookie'] ?? [])
      this.#cookies.setCookieSync(cookie, url.href, { ignoreError: true });
    this.#remember(url, headers['strict-transport-security']);
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

  /** Only what came under a seal is believed, and of a name alone (RFC 6797, 8.1). */
  #remember({ protocol, hostname }: URL, said: string | undefined): void {
    const [, seconds] = /(?:^|;)\s*max-age\s*=\s*"?(\d+)/i.exec(said ?? '') ?? [];
    if (protocol !== 'https:' || seconds === undefined || isIP(hostname) !== 0) return;
    this.#sealedOnly.set(hostname, Date.now() + 1000 * Number(seconds));
  }

  /** Closes its connections. */
  close(): void {
    for (const connection of this.#connections.values()) connection.destroy();
  }
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
