// One request as views and middleware see it: Django's HttpRequest. Each middleware adds its own properties (site, session, user …).
// Cookies, query and form are parsed when they are first used.

import type { IncomingHttpHeaders } from 'node:http';
import type { Body, BodyErrorCode } from '../../../../runtime/http/body.ts';
import type { Database } from '../database/database.ts';
import { readCookies } from './cookies.ts';
import { BadRequest, HttpError } from './errors.ts';

const FORM = 'application/x-www-form-urlencoded';

/** The fields of a query or a form by name; of a name that occurs twice the last counts, as in Django's QueryDict. */
export type Fields = ReadonlyMap<string, string>;

const parseFields = (text: string): Fields => new Map(new URLSearchParams(text));

/** A request as received, its body still unread. */
export type Received = {
  method: string;
  target: string;
  headers: IncomingHttpHeaders;
  /** Reads a body of at most `max` bytes. */
  readBody: (max: number) => Promise<Body | BodyErrorCode | undefined>;
  /** Its signal is aborted when the client closes the connection; it is created when it is first read. */
  client: { readonly signal: AbortSignal };
};

/** What the application gives each of its requests. */
export type Services = {
  db: Database;
  templates: { render: (request: Request, name: string, context: object) => string };
  /** The time by the application's clock. */
  now: () => Date;
  maxBodyBytes: number;
  /** The trace of this request, for the page's footer. */
  traceId: string;
};

export interface Request extends Readonly<Services> {}
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the constructor assigns all of Services
export class Request {
  readonly method: string;
  /** The path as sent, still percent-encoded. */
  readonly rawPath: string;
  /** The query as sent, with its question mark; empty if there is none. */
  readonly rawQuery: string;
  readonly headers: IncomingHttpHeaders;
  readonly #received: Received;
  #cookies: Map<string, string> | undefined;
  #path: string | undefined;
  #form: Promise<Fields> | undefined;

  constructor(received: Received, services: Services) {
    Object.assign(this, services);
    this.#received = received;
    const { method, target, headers } = received;
    this.method = method;
    this.headers = headers;
    const query = target.indexOf('?');
    this.rawPath = query < 0 ? target : target.slice(0, query) || '/';
    this.rawQuery = query < 0 || query === target.length - 1 ? '' : target.slice(query);
  }

  /** Aborted when the client closes the connection: pass it to anything that takes long. */
  get signal(): AbortSignal {
    return this.#received.client.signal;
  }

  /** The path, decoded. Throws BadRequest when it is not percent-encoded UTF-8, or has control characters. */
  get path(): string {
    this.#path ??= decodePath(this.rawPath);
    return this.#path;
  }

  get query(): Fields {
    return parseFields(this.rawQuery);
  }

  get cookies(): ReadonlyMap<string, string> {
    this.#cookies ??= readCookies(this.headers.cookie);
    return this.#cookies;
  }

  /** The Host header. X-Forwarded-Host is not read (Django's default). */
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

  /** The fields of the form in the body. Throws HttpError 415 for another media type, 413 for too large a body. */
  form(): Promise<Fields> {
    this.#form ??= this.#readForm();
    return this.#form;
  }

  async #readForm(): Promise<Fields> {
    if (!this.hasForm) throw new HttpError(415, `A form is sent as ${FORM}.`);
    const body = await this.#received.readBody(this.maxBodyBytes);
    if (body === 'too_large') throw new HttpError(413, `A form may have at most ${this.maxBodyBytes} bytes.`);
    if (typeof body === 'string') throw new BadRequest('The request body is incomplete.');
    return parseFields(Buffer.concat(body?.pieces ?? []).toString());
  }
}

/** The scheme of the visitor's request, from the proxy (Django's SECURE_PROXY_SSL_HEADER); the gateway drops the header of others. */
export function schemeOf(headers: IncomingHttpHeaders): 'http' | 'https' {
  const [first = ''] = String(headers['x-forwarded-proto']).split(',');
  return first.trim() === 'https' ? 'https' : 'http';
}

function decodePath(raw: string): string {
  let path: string;
  try {
    path = decodeURIComponent(raw);
  } catch {
    throw new BadRequest('The path is not percent-encoded UTF-8.');
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  if (/[\x00-\x1f\x7f]/.test(path)) throw new BadRequest('The path has control characters.');
  return path;
}
