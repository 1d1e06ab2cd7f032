// One response: Django's HttpResponse, HttpResponseRedirect and render().

import type { Request } from './request.ts';

export class Response {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly cookies: string[] = [];
  readonly body: string;

  constructor(body: string, { status = 200, headers = {} as Record<string, string> } = {}) {
    this.body = body;
    this.status = status;
    this.headers = { 'content-type': 'text/html; charset=utf-8', ...headers };
  }
}

/** Adds `Vary: Cookie`: the response depends on the cookies of the request. */
export function varyByCookie({ headers }: Response): void {
  const named = headers.vary?.split(/\s*,\s*/) ?? [];
  if (named.some((name) => name === '*' || name.toLowerCase() === 'cookie')) return;
  headers.vary = [...named, 'Cookie'].join(', ');
}

/** Forbids to cache the response: Django's never_cache. */
export function neverCache({ headers }: Response): void {
  headers['cache-control'] = 'max-age=0, no-cache, no-store, must-revalidate, private';
  headers.expires = new Date().toUTCString();
}

/** A page: the template `name` rendered with `context`. */
export function render(request: Request, name: string, context: object = {}, status = 200): Response {
  return new Response(request.templates.render(request, name, context), { status });
}

/** Redirects to `path`, a path of this site: temporarily (302) or permanently (301). */
export function redirect(path: string, status: 301 | 302 = 302): Response {
  // A path that begins with // or /\ would be another host.
  const location = path.replace(/^\/[/\\]/, ([, second = '']) => `/${encodeURIComponent(second)}`);
  return new Response('', { status, headers: { location } });
}
