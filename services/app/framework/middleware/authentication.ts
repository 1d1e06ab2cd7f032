// Django's AuthenticationMiddleware: whose session is it?

import { findUser } from '../auth/users.ts';
import type { Middleware } from './middleware.ts';

export const authentication: Middleware = {
  name: 'authentication',
  async enter(request, work) {
    const id = request.session.get('userId');
    if (id === undefined) return;
    await work(async () => {
      request.user = await findUser(request.db, id);
    });
    return undefined;
  },
};
