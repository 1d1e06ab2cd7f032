// One answer: Django's HttpResponse, HttpResponseRedirect and render().

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

/** Says that the answer depends on the cookies that came: nobody may keep it for somebody else. */
export function varyByCookie({ headers }: Response): void {
  const named = headers.vary?.split(/\s*,\s*/) ?? [];
  if (named.some((name) => name === '*' || name.toLowerCase() === 'cookie')) return;
  headers.vary = [...named, 'Cookie'].join(', ');
}

/** Says that the answer is for one visitor and one time: nothing keeps it; Django's never_cache. */
export function neverCache({ headers }: Response): void {
  headers['cache-control'] = 'max-age=0, no-cache, no-store, must-revalidate, private';
  headers.expires = new Date().toUTCString();
}

/** A page: the template `name` filled in with `context`. */
export function render(request: Request, name: string, context: object = {}, status = 200): Response {
  return new Response(request.templates.render(request, name, context), { status });
}

/** Sends the browser on to `path`, a path of this site: with 302, or 301 when it is so for good. */
export function redirect(path: string, status: 301 | 302 = 302): Response {
  // A path that begins with // or /\ would be read as another host.
  const location = path.replace(/^\/[/\\]/, ([, second = '']) => `/${encodeURIComponent(second)}`);
  return new Response('', { status, headers: { location } });
}
