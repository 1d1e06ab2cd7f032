// Django's CsrfViewMiddleware: a request that changes something must come from a page of the site.
// The browser keeps a secret in a cookie; forms carry the same secret, masked anew for each page, as
//
//   mask (32 characters) ++ secret + mask (32, each character shifted by the mask's)
//
// Another site can make the browser send the cookie, but it cannot read it, so it cannot write such a form.

import { randomInt } from 'node:crypto';
import { writeCookie } from '../http/cookies.ts';
import { PermissionDenied } from '../http/errors.ts';
import type { Request } from '../http/request.ts';
import { varyByCookie } from '../http/response.ts';
import { isSame } from '../signing.ts';
import type { Middleware } from './middleware.ts';
import { isHttpsOnly } from './site.ts';

export const CSRF_FIELD = 'csrfmiddlewaretoken';
const COOKIE = 'csrftoken';
const ONE_YEAR = 365 * 24 * 3600;
const LENGTH = 32;
const CHARACTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const SAFE = ['GET', 'HEAD', 'OPTIONS', 'TRACE'];

declare module '../http/request.ts' {
  interface Request {
    csrf: Csrf;
  }
}

/** The csrf secret of one visitor. */
export class Csrf {
  /** Whether the page depends on the secret: then the cookie is set, for another year. */
  isUsed = false;
  #secret: string | undefined;

  /** `cookie`: the secret, masked or not; anything else is ignored. */
  constructor(cookie: string | undefined) {
    this.#secret = cookie === undefined ? undefined : secretIn(cookie);
  }

  get secret(): string | undefined {
    return this.#secret;
  }

  /** A masked token for a form; creates a secret if there is none yet. */
  token(): string {
    if (this.#secret === undefined) this.rotate();
    this.isUsed = true;
    const mask = randomSecret();
    return mask + shift(this.#secret ?? '', mask, 1);
  }

  /** A new secret: forms of pages before it are refused from now on. */
  rotate(): void {
    this.#secret = randomSecret();
    this.isUsed = true;
  }

  /** Throws PermissionDenied with the reason if `token`, from a form or header, is not the secret, masked or not. */
  check(token: string | undefined): void {
    if (this.#secret === undefined) throw new PermissionDenied('csrf: the cookie is missing.');
    if (token === undefined) throw new PermissionDenied('csrf: the token is missing.');
    if (!isSame(secretIn(token) ?? '', this.#secret)) throw new PermissionDenied('csrf: the token is wrong.');
  }
}

export const csrf: Middleware = {
  name: 'csrf',
  attach(request) {
    request.csrf = new Csrf(request.cookies.get(COOKIE));
  },
  async beforeView(request, work) {
    if (SAFE.includes(request.method)) return;
    await work(async () => {
      checkSource(request);
      request.csrf.check(await tokenOf(request));
    });
    return undefined;
  },
  leave(request, response) {
    const { secret, isUsed } = request.csrf;
    if (!isUsed || secret === undefined) return;
    response.cookies.push(
      writeCookie(COOKIE, secret, { maxAge: ONE_YEAR, readable: true, secure: isHttpsOnly(request) }),
    );
    varyByCookie(response);
  },
};

/** The token in the form, or in the header that a script sets. */
async function tokenOf(request: Request): Promise<string | undefined> {
  const header = request.headers['x-csrftoken']?.toString();
  if (header !== undefined && !request.hasForm) return header;
  return (await request.form()).get(CSRF_FIELD) || header;
}

/**
 * Checks where the form comes from: Origin, if the browser sends it; else, by HTTPS, Referer. By HTTP a form without either is
 * accepted, as some browsers send neither; by HTTPS an attacker on the network could have set the cookie.
 */
function checkSource({ headers, scheme, host }: Request): void {
  const { origin, referer = '' } = headers;
  if (origin === undefined && scheme === 'http') return;
  const source = origin ?? /^https:\/\/[^/?#]*/i.exec(referer)?.[0].replace(/^https/i, 'https');
  if (source === undefined) throw new PermissionDenied('csrf: a request by HTTPS needs Origin, or Referer by HTTPS.');
  const good = `${scheme}://${origin === undefined ? host.toLowerCase() : host}`;
  if (source !== good) throw new PermissionDenied(`csrf: the form comes from another origin (${source}).`);
}

/** The secret in a token, masked or not; undefined if it is neither. */
function secretIn(token: string): string | undefined {
  if (!/^[a-zA-Z0-9]+$/.test(token)) return undefined;
  if (token.length === LENGTH) return token;
  return token.length === 2 * LENGTH ? shift(token.slice(LENGTH), token.slice(0, LENGTH), -1) : undefined;
}

function randomSecret(): string {
  return Array.from({ length: LENGTH }, () => CHARACTERS[randomInt(CHARACTERS.length)]).join('');
}

function shift(text: string, by: string, sign: 1 | -1): string {
  const n = CHARACTERS.length;
  const at = (characters: string, index: number) => CHARACTERS.indexOf(characters[index] ?? '');
  return Array.from(text, (_, index) => CHARACTERS[(n + at(text, index) + sign * at(by, index)) % n]).join('');
}
