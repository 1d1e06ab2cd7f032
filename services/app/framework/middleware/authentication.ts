// Django's AuthenticationMiddleware: the user of the session.

import { findUser, type User } from '../auth/users.ts';
import type { Middleware } from './middleware.ts';

declare module '../http/request.ts' {
  interface Request {
    /** Null: not signed in. */
    user: User | null;
  }
}

export const authentication: Middleware = {
  name: 'authentication',
  attach(request) {
    request.user = null;
  },
  async enter(request, work) {
    const id = request.session.get('userId');
    if (id === undefined) return;
    await work(async () => {
      request.user = await findUser(request.db, id);
    });
    return undefined;
  },
};
