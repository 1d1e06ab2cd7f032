// Whether the user has a permission, and for this object: Django's permission_required, with an owner.

import { app } from '../../../../otel/contract/index.ts';
import { ATTR_PERMISSION_ALLOWED, ATTR_PERMISSION_REASON, ATTR_USER_NAME } from '../../../../otel/contract/names.ts';
import { inSpan } from '../../../../otel/span.ts';
import { PermissionDenied } from '../http/errors.ts';
import type { Request } from '../http/request.ts';

type Decision = { allowed: boolean; reason: string };

/**
 * Throws PermissionDenied with the reason, unless the request's user has `permission` (`app.action_model`) and is the `owner`, if
 * one is given.
 */
export async function requirePermission(request: Request, permission: string, owner?: number): Promise<void> {
  const attributes = request.user === null ? {} : { [ATTR_USER_NAME]: request.user.name };
  const { allowed, reason } = await inSpan(
    app.permission,
    { words: { name: permission }, attributes },
    async (span) => {
      const decision = await decide(request, permission, owner);
      span
        .setAttribute(ATTR_PERMISSION_ALLOWED, decision.allowed)
        .setAttribute(ATTR_PERMISSION_REASON, decision.reason);
      return decision;
    },
  );
  if (!allowed) throw new PermissionDenied(`${permission}: ${reason}.`);
}

async function decide({ user, db }: Request, permission: string, owner?: number): Promise<Decision> {
  if (user === null) return { allowed: false, reason: 'not signed in' };
  const held = await db
    .selectFrom('user_permission')
    .select('permission')
    .where('user_id', '=', user.id)
    .where('permission', '=', permission)
    .executeTakeFirst();
  if (!held) return { allowed: false, reason: 'the user does not have this permission' };
  if (owner === undefined) return { allowed: true, reason: 'the user has this permission' };
  return owner === user.id
    ? { allowed: true, reason: 'the user has this permission and owns this object' }
    : { allowed: false, reason: 'the user has this permission, but this object belongs to another user' };
}
