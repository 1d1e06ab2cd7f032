// Django's CsrfViewMiddleware: a letter that changes something must come from a page of ours.
// The browser keeps a secret in a cookie; our forms carry the same secret, masked anew for each page, as
//
//   mask (32 characters) ++ secret + mask (32, each character shifted by the mask's)
//
// Another site can have the cookie sent along, but it cannot read it, and so cannot write such a form.

import { randomInt } from 'node:crypto';
import { writeCookie } from '../http/cookies.ts';
import { PermissionDenied } from '../http/errors.ts';
import type { Request } from '../http/request.ts';
import { isSame } from '../signing.ts';
import type { Middleware } from './middleware.ts';

export const CSRF_FIELD = 'csrfmiddlewaretoken';
const COOKIE = 'csrftoken';
const ONE_YEAR = 365 * 24 * 3600;
const LENGTH = 32;
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const SAFE = ['GET', 'HEAD', 'OPTIONS', 'TRACE'];

/** The csrf secret of one visitor. */
export class Csrf {
  /** Whether the browser must be given the secret. */
  isNew = false;
  #secret: string | undefined;

  constructor(secret: string | undefined) {
    this.#secret = secret !== undefined && isToken(secret, LENGTH) ? secret : undefined;
  }

  get secret(): string | undefined {
    return this.#secret;
  }

  /** A masked token for a form; makes a secret if there is none yet. */
  token(): string {
    if (this.#secret === undefined) this.rotate();
    const mask = randomLetters();
    return mask + shift(this.#secret ?? '', mask, 1);
  }

  /** A new secret: forms written before are worthless from now on. */
  rotate(): void {
    this.#secret = randomLetters();
    this.isNew = true;
  }

  /** Throws PermissionDenied with the reason if `token`, from a form, does not carry the secret. */
  check(token: string | null): void {
    if (this.#secret === undefined) throw new PermissionDenied('csrf: the cookie is missing.');
    if (token === null) throw new PermissionDenied('csrf: the token is missing.');
    const secret = isToken(token, 2 * LENGTH) ? shift(token.slice(LENGTH), token.slice(0, LENGTH), -1) : '';
    if (!isSame(secret, this.#secret)) throw new PermissionDenied('csrf: the token is not ours.');
  }
}

export const csrf: Middleware = {
  name: 'csrf',
  enter(request) {
    request.csrf = new Csrf(request.cookies.get(COOKIE));
    return undefined;
  },
  async beforeView(request, work) {
    if (SAFE.includes(request.method)) return;
    await work(async () => {
      checkOrigin(request);
      request.csrf.check(request.headers['x-csrftoken']?.toString() ?? (await request.form()).get(CSRF_FIELD));
    });
    return undefined;
  },
  leave(request, response) {
    const { secret, isNew } = request.csrf;
    if (!isNew || secret === undefined) return;
    response.cookies.push(writeCookie(COOKIE, secret, { maxAge: ONE_YEAR }));
    response.headers.vary = 'Cookie';
  },
};

function checkOrigin({ headers, scheme, host }: Request): void {
  const { origin } = headers;
  if (origin !== undefined && origin !== `${scheme}://${host}`) {
    throw new PermissionDenied(`csrf: the form comes from another place (${origin}).`);
  }
}

function isToken(text: string, length: number): boolean {
  return text.length === length && /^[a-zA-Z0-9]+$/.test(text);
}

function randomLetters(): string {
  return Array.from({ length: LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join('');
}

function shift(text: string, by: string, sign: 1 | -1): string {
  const n = LETTERS.length;
  const at = (letters: string, index: number) => LETTERS.indexOf(letters[index] ?? '');
  return Array.from(text, (_, index) => LETTERS[(n + at(text, index) + sign * at(by, index)) % n]).join('');
}
