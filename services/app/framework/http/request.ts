// One request as views and middleware see it: Django's HttpRequest. Each middleware adds what it brings (site, session, user …).
// Cookies, query and form are read when somebody asks for them; the form only as far as it is allowed to be long.

import type { IncomingHttpHeaders } from 'node:http';
import type { Database } from '../database/database.ts';
import { readCookies } from './cookies.ts';
import { BadRequest, HttpError } from './errors.ts';

const FORM = 'application/x-www-form-urlencoded';

/** What a query or a form says, by the names of its fields; of one that is given twice the last counts, as in Django's QueryDict. */
export type Fields = ReadonlyMap<string, string>;

const fieldsOf = (text: string): Fields => new Map(new URLSearchParams(text));

/** What a request is made of: method, target and headers as received, and the body still unread. */
export type Received = {
  method: string;
  target: string;
  headers: IncomingHttpHeaders;
  body: AsyncIterable<Uint8Array>;
  /** Whose signal is aborted when nobody waits for the answer any more; it is made when it is first asked for. */
  client: { readonly signal: AbortSignal };
};

/** What the application lends to each of its requests. */
export type Lent = {
  db: Database;
  templates: { render: (request: Request, name: string, context: object) => string };
  /** The time by the application's clock. */
  now: () => Date;
  maxBodyBytes: number;
  /** The trace that this request belongs to, for the page's footer. */
  traceId: string;
};

export class Request {
  readonly method: string;
  /** The path as sent, still percent-encoded. */
  readonly rawPath: string;
  /** The query as sent, with its question mark; empty where there is none. */
  readonly rawQuery: string;
  readonly headers: IncomingHttpHeaders;
  readonly db: Database;
  readonly templates: Lent['templates'];
  readonly now: () => Date;
  readonly traceId: string;
  readonly #maxBodyBytes: number;
  readonly #client: Received['client'];
  readonly #body: AsyncIterable<Uint8Array>;
  #cookies: Map<string, string> | undefined;
  #path: string | undefined;
  #form: Promise<Fields> | undefined;

  constructor({ method, target, headers, body, client }: Received, lent: Lent) {
    this.method = method;
    this.headers = headers;
    this.#client = client;
    this.db = lent.db;
    this.templates = lent.templates;
    this.now = lent.now;
    this.traceId = lent.traceId;
    this.#maxBodyBytes = lent.maxBodyBytes;
    this.#body = body;
    const query = target.indexOf('?');
    this.rawPath = query < 0 ? target : target.slice(0, query) || '/';
    this.rawQuery = query < 0 || query === target.length - 1 ? '' : target.slice(query);
  }

  /** Aborted when nobody waits for the answer any more: pass it to whatever takes its time. */
  get signal(): AbortSignal {
    return this.#client.signal;
  }

  /** The path, decoded. Throws BadRequest when it is not UTF-8 in percent-encoding, or has control characters. */
  get path(): string {
    this.#path ??= decodePath(this.rawPath);
    return this.#path;
  }

  get query(): Fields {
    return fieldsOf(this.rawQuery);
  }

  get cookies(): ReadonlyMap<string, string> {
    this.#cookies ??= readCookies(this.headers.cookie);
    return this.#cookies;
  }

  /** The host that the visitor asked for, with its port if it is not the usual one. X-Forwarded-Host is not read (Django's default). */
  get host(): string {
    return this.headers.host ?? '';
  }

  get scheme(): 'http' | 'https' {
    return schemeOf(this.headers);
  }

  /** Whether its body is a form, or it has none. */
  get hasForm(): boolean {
    const type = this.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
    return type === undefined || type === FORM;
  }

  /** The fields of the form in the body. Throws HttpError 415 for another type, 413 for too long a body. */
  form(): Promise<Fields> {
    this.#form ??= this.#readForm();
    return this.#form;
  }

  async #readForm(): Promise<Fields> {
    if (!this.hasForm) throw new HttpError(415, `A form is sent as ${FORM}.`);
    const max = this.#maxBodyBytes;
    const tooLong = new HttpError(413, `A form may have at most ${max} bytes.`);
    if (Number(this.headers['content-length'] ?? 0) > max) throw tooLong;
    const chunks: Uint8Array[] = [];
    let size = 0;
    try {
      for await (const chunk of this.#body) {
        size += chunk.length;
        if (size > max) throw tooLong;
        chunks.push(chunk);
      }
    } catch (error) {
      throw error === tooLong ? tooLong : new BadRequest('The body broke off.');
    }
    return fieldsOf(Buffer.concat(chunks).toString());
  }
}

/** By what the visitor asked, as the proxy says (Django's SECURE_PROXY_SSL_HEADER); the gateway lets nothing else say it. */
export function schemeOf(headers: IncomingHttpHeaders): 'http' | 'https' {
  const [first = ''] = String(headers['x-forwarded-proto']).split(',');
  return first.trim() === 'https' ? 'https' : 'http';
}

function decodePath(raw: string): string {
  let path: string;
  try {
    path = decodeURIComponent(raw);
  } catch {
    throw new BadRequest('The address is not written in UTF-8.');
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  if (/[\x00-\x1f\x7f]/.test(path)) throw new BadRequest('The address has control characters.');
  return path;
}
