// Django's SessionMiddleware: loads the visitor's session, and saves it when it has changed. A response that depends on the
// session, or sets a cookie, is marked as not to be cached: Django leaves that to each view (never_cache).

import { writeCookie } from '../http/cookies.ts';
import { neverCache, varyByCookie } from '../http/response.ts';
import { SESSION_SECONDS, Session } from '../sessions.ts';
import { sign, unsign } from '../signing.ts';
import type { Middleware } from './middleware.ts';
import { isHttpsOnly } from './site.ts';

const COOKIE = 'sessionid';

declare module '../http/request.ts' {
  interface Request {
    session: Session;
  }
}

/** Sessions whose cookies are signed with `secretKey`. */
export function session(secretKey: string): Middleware {
  return {
    name: 'session',
    attach(request) {
      request.session = new Session();
    },
    async enter(request, work) {
      const key = unsign(request.cookies.get(COOKIE) ?? '', COOKIE, secretKey);
      if (key !== undefined) await work(() => request.session.load(key, request.db, request.now()));
      return undefined;
    },
    async leave(request, response, work) {
      const { session, cookies } = request;
      const secure = isHttpsOnly(request);
      const isFailure = response.status >= 500; // what a failed view has left half done is not saved
      if (session.isChanged && !isFailure) await work(() => session.save(request.db, request.now()));
      if (session.isAccessed) varyByCookie(response);
      if (session.isEmpty && cookies.has(COOKIE)) {
        response.cookies.push(writeCookie(COOKIE, '', { maxAge: 0, secure })); // unknown or expired
        varyByCookie(response);
      } else if (session.isChanged && !isFailure && session.key !== undefined) {
        const signed = sign(session.key, COOKIE, secretKey);
        response.cookies.push(writeCookie(COOKIE, signed, { maxAge: SESSION_SECONDS, secure }));
      }
      const isPersonal = session.isAccessed && !session.isEmpty;
      if (isPersonal || response.cookies.length > 0) neverCache(response);
    },
  };
}
