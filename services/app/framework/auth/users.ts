// Who somebody is: sign-in and sign-out, as django.contrib.auth does them.

import type { Database } from '../database/database.ts';
import type { Request } from '../http/request.ts';
import { checkPassword } from './passwords.ts';

export type User = { id: number; name: string };

/** A hash that no password fits: with it an unknown name takes as long as a wrong password. */
const NOBODY = `scrypt$16384$8$1$bm9ib2R5$${'A'.repeat(43)}`;

/** The user with that name and password, null if there is none. */
export async function authenticate(db: Database, name: string, password: string): Promise<User | null> {
  const found = await db.selectFrom('user').selectAll().where('name', '=', name).executeTakeFirst();
  const isRight = await checkPassword(password, found?.password ?? NOBODY);
  return found && isRight ? { id: found.id, name: found.name } : null;
}

/** The user of that id, null if there is none (any more). */
export async function findUser(db: Database, id: number): Promise<User | null> {
  const found = await db.selectFrom('user').select(['id', 'name']).where('id', '=', id).executeTakeFirst();
  return found ?? null;
}

/** Signs `user` in: from here on the session is theirs, under a new key and with a new csrf secret. */
export function logIn(request: Request, user: User): void {
  const former = request.session.get('userId');
  if (former !== undefined && former !== user.id) request.session.clear();
  request.session.changeKey();
  request.session.set('userId', user.id);
  request.csrf.rotate();
  request.user = user;
}

/** Signs out: nothing of the session is left. */
export function logOut(request: Request): void {
  request.session.clear();
  request.csrf.rotate();
  request.user = null;
}
