// Django's CsrfViewMiddleware: a request that changes something must come from a page of ours.
// The browser keeps a secret in a cookie; our forms carry the same secret, masked anew for each page, as
//
//   mask (32 characters) ++ secret + mask (32, each character shifted by the mask's)
//
// Another site can have the cookie sent along, but it cannot read it, and so cannot write such a form.

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
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const SAFE = ['GET', 'HEAD', 'OPTIONS', 'TRACE'];

declare module '../http/request.ts' {
  interface Request {
    csrf: Csrf;
  }
}

/** The csrf secret of one visitor. */
export class Csrf {
  /** Whether a page depends on the secret: the browser is then given it, for another year if it has it already. */
  isUsed = false;
  #secret: string | undefined;

  /** `cookie`: the secret, masked or not; anything else is as good as none. */
  constructor(cookie: string | undefined) {
    this.#secret = cookie === undefined ? undefined : secretIn(cookie);
  }

  get secret(): string | undefined {
    return this.#secret;
  }

  /** A masked token for a form; makes a secret if there is none yet. */
  token(): string {
    if (this.#secret === undefined) this.rotate();
    this.isUsed = true;
    const mask = randomLetters();
    return mask + shift(this.#secret ?? '', mask, 1);
  }

  /** A new secret: forms written before are worthless from now on. */
  rotate(): void {
    this.#secret = randomLetters();
    this.isUsed = true;
  }

  /** Throws PermissionDenied with the reason if `token`, from a form or header, is not the secret, masked or not. */
  check(token: string | undefined): void {
    if (this.#secret === undefined) throw new PermissionDenied('csrf: the cookie is missing.');
    if (token === undefined) throw new PermissionDenied('csrf: the token is missing.');
    if (!isSame(secretIn(token) ?? '', this.#secret)) throw new PermissionDenied('csrf: the token is not ours.');
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

/** What the form says; for a script, which reads the cookie, what its header says. */
async function tokenOf(request: Request): Promise<string | undefined> {
  const header = request.headers['x-csrftoken']?.toString();
  if (header !== undefined && !request.hasForm) return header;
  return (await request.form()).get(CSRF_FIELD) || header;
}

/**
 * Where the form comes from: Origin, where the browser sends it; else, by HTTPS, Referer. By HTTP a form without either is
 * let through, as some browsers leave both out; by HTTPS somebody between browser and site could have set the cookie.
 */
function checkSource({ headers, scheme, host }: Request): void {
  const { origin, referer = '' } = headers;
  if (origin === undefined && scheme === 'http') return;
  const source = origin ?? /^https:\/\/[^/?#]*/i.exec(referer)?.[0].replace(/^https/i, 'https');
  if (source === undefined)
    throw new PermissionDenied('csrf: by HTTPS a form names its page: Origin, or Referer by HTTPS.');
  const good = `${scheme}://${origin === undefined ? host.toLowerCase() : host}`;
  if (source !== good) throw new PermissionDenied(`csrf: the form comes from another place (${source}).`);
}

/** The secret in a token that carries it as it is, or masked; undefined where neither can be. */
function secretIn(token: string): string | undefined {
  if (!/^[a-zA-Z0-9]+$/.test(token)) return undefined;
  if (token.length === LENGTH) return token;
  return token.length === 2 * LENGTH ? shift(token.slice(LENGTH), token.slice(0, LENGTH), -1) : undefined;
}

function randomLetters(): string {
  return Array.from({ length: LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join('');
}

function shift(text: string, by: string, sign: 1 | -1): string {
  const n = LETTERS.length;
  const at = (letters: string, index: number) => LETTERS.indexOf(letters[index] ?? '');
  return Array.from(text, (_, index) => LETTERS[(n + at(text, index) + sign * at(by, index)) % n]).join('');
}
