// Whether somebody may do something: has the user the permission, and does it hold for this very thing?

import { app } from '../../../../otel/contract/index.ts';
import { ATTR_PERMISSION_ALLOWED, ATTR_PERMISSION_REASON, ATTR_USER_NAME } from '../../../../otel/contract/names.ts';
import { inSpan } from '../../../../otel/span.ts';
import { PermissionDenied } from '../http/errors.ts';
import type { Request } from '../http/request.ts';

/** What is asked about beside the permission: who owns the thing. */
export type About = { owner?: number };

type Verdict = { allowed: boolean; reason: string };

/**
 * Returns when the request's user may; throws PermissionDenied with the reason when not.
 * `permission` is `app.action_thing`; with `about.owner` the thing must be the user's own.
 */
export async function requirePermission(request: Request, permission: string, about: About = {}): Promise<void> {
  const attributes = request.user === null ? {} : { [ATTR_USER_NAME]: request.user.name };
  const { allowed, reason } = await inSpan(
    app.permission,
    { words: { name: permission }, attributes },
    async (span) => {
      const verdict = await decide(request, permission, about);
      span.setAttribute(ATTR_PERMISSION_ALLOWED, verdict.allowed).setAttribute(ATTR_PERMISSION_REASON, verdict.reason);
      return verdict;
    },
  );
  if (!allowed) throw new PermissionDenied(`${permission}: ${reason}.`);
}

async function decide({ user, db }: Request, permission: string, { owner }: About): Promise<Verdict> {
  if (user === null) return { allowed: false, reason: 'nobody is signed in' };
  const held = await db
    .selectFrom('user_permission')
    .select('permission')
    .where('user_id', '=', user.id)
    .where('permission', '=', permission)
    .executeTakeFirst();
  if (!held) return { allowed: false, reason: 'the user does not hold it' };
  if (owner === undefined) return { allowed: true, reason: 'the user holds it' };
  return owner === user.id
    ? { allowed: true, reason: 'the user holds it, and this is their own' }
    : { allowed: false, reason: 'the user holds it, but this belongs to somebody else' };
}
