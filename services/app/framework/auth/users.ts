// Users, sign-in and sign-out: django.contrib.auth.

import type { Database } from '../database/database.ts';
import type { Request } from '../http/request.ts';
import { checkPassword } from './passwords.ts';

export type User = { id: number; name: string };

/** A hash that no password matches: with it an unknown name takes as long as a wrong password. */
const NO_USER_HASH = `scrypt$16384$8$1$bm9ib2R5$${'A'.repeat(43)}`;

/** The user with that name and password, null if there is none. */
export async function authenticate(db: Database, name: string, password: string): Promise<User | null> {
  const found = await db.selectFrom('user').selectAll().where('name', '=', name).executeTakeFirst();
  const isValid = await checkPassword(password, found?.password ?? NO_USER_HASH);
  return found && isValid ? { id: found.id, name: found.name } : null;
}

/** The user of that id, null if there is none. */
export async function findUser(db: Database, id: number): Promise<User | null> {
  const found = await db.selectFrom('user').select(['id', 'name']).where('id', '=', id).executeTakeFirst();
  return found ?? null;
}

/** Signs `user` in: the session is theirs, with a new key and a new csrf secret. */
export function logIn(request: Request, user: User): void {
  const previous = request.session.get('userId');
  if (previous !== undefined && previous !== user.id) request.session.clear();
  request.session.changeKey();
  request.session.set('userId', user.id);
  request.csrf.rotate();
  request.user = user;
}

/** Signs out, and deletes the session. */
export function logOut(request: Request): void {
  request.session.clear();
  request.csrf.rotate();
  request.user = null;
}
