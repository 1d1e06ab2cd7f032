// Signing in and out.

import { authenticate, logIn, logOut } from '../../framework/auth/users.ts';
import { blankForm, type Field, readForm, withError } from '../../framework/forms.ts';
import { requireMethod } from '../../framework/http/methods.ts';
import type { Request } from '../../framework/http/request.ts';
import { type Response, redirect, render } from '../../framework/http/response.ts';

const fields: Record<'username' | 'password', Field> = {
  username: { label: 'Name', maxLength: 50, autocomplete: 'username' },
  password: { label: 'Password', kind: 'password', autocomplete: 'current-password' },
};

/** The sign-in form; it redirects to `next`. */
export async function login(request: Request): Promise<Response> {
  requireMethod(request, 'GET', 'POST');
  if (request.method !== 'POST') {
    return render(request, 'login.html', { form: blankForm(fields), next: request.query.get('next') ?? '' });
  }
  const sent = await request.form();
  const next = sent.get('next') ?? '';
  const form = readForm(fields, sent);
  if (!form.isValid) return render(request, 'login.html', { form, next });

  const user = await authenticate(request.db, form.values.username, form.values.password);
  if (user === null) {
    const refused = withError(form, 'password', 'Wrong name or password.');
    return render(request, 'login.html', { form: refused, next });
  }
  logIn(request, user);
  return redirect(isOwnPath(next) ? next : '/');
}

/** Signs out. */
export function logout(request: Request): Response {
  requireMethod(request, 'POST');
  logOut(request);
  return redirect('/');
}

/** Whether `next` is a path of this site. */
function isOwnPath(next: string): boolean {
  return /^\/(?![/\\])[\x21-\x7e]*$/.test(next);
}
