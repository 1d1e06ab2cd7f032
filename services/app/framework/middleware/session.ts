// Django's SessionMiddleware: brings the visitor's session along, and keeps what has changed of it.

import { writeCookie } from '../http/cookies.ts';
import { loadSession, SESSION_SECONDS, Session } from '../sessions.ts';
import { sign, unsign } from '../signing.ts';
import type { Middleware } from './middleware.ts';

const COOKIE = 'sessionid';

export const session: Middleware = {
  name: 'session',
  async enter(request, work) {
    const { secretKey } = request.app.settings;
    const key = unsign(request.cookies.get(COOKIE) ?? '', COOKIE, secretKey);
    request.session = key === undefined ? new Session() : await work(() => loadSession(key, request.db, request.now()));
    return undefined;
  },
  async leave(request, response, work) {
    const { session, cookies, app } = request;
    if (cookies.has(COOKIE) || session.isChanged) response.headers.vary = 'Cookie';
    if (!session.isChanged) return;
    await work(() => session.save(request.db, request.now()));
    const cookie =
      session.key === undefined
        ? writeCookie(COOKIE, '', { maxAge: 0 })
        : writeCookie(COOKIE, sign(session.key, COOKIE, app.settings.secretKey), { maxAge: SESSION_SECONDS });
    response.cookies.push(cookie);
  },
};
