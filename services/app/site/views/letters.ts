// djangogirls.test: letters, personalised especially for the person that has just written to you.

import { requireMethod } from '../../framework/http/methods.ts';
import type { Request } from '../../framework/http/request.ts';
import { type Response, redirect, render } from '../../framework/http/response.ts';
import { reverse } from '../../framework/urls/reverse.ts';

/** The home page. */
export function welcome(request: Request): Response {
  requireMethod(request, 'GET');
  return render(request, 'welcome.html');
}

/** A letter to `name`: the one that is stored for this name, or a default one. */
export function letter(request: Request, { name }: { name: string }): Promise<Response> {
  requireMethod(request, 'GET');
  return letterFor(request, name);
}

/** A letter to the user who is signed in. */
export function myLetter(request: Request): Response | Promise<Response> {
  requireMethod(request, 'GET');
  if (request.user === null) return redirect(signInPath(request, 'my_letter'));
  return letterFor(request, capitalised(request.user.name));
}

async function letterFor(request: Request, name: string): Promise<Response> {
  const written = await request.db
    .selectFrom('letter')
    .select(['subject', 'body'])
    .where('name', '=', name.toLowerCase())
    .executeTakeFirst();
  return render(request, 'letter.html', { name, letter: written ?? null });
}

function capitalised(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** The path to sign in, which leads back to the pattern called `name`. */
export function signInPath(request: Request, name: string, params: Record<string, unknown> = {}): string {
  const next = reverse(request.site.urls, name, params);
  return `${reverse(request.site.urls, 'login')}?${new URLSearchParams({ next })}`;
}
