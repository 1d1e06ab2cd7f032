// Django's CommonMiddleware and APPEND_SLASH: an address that lacks only its last slash is redirected to the one with it.

import { redirect } from '../http/response.ts';
import { matches } from '../urls/resolver.ts';
import type { Middleware } from './middleware.ts';

/** A redirect repeats these without loss; the body of another method would be lost. */
const SAFE = ['GET', 'HEAD', 'OPTIONS', 'TRACE'];

export const common: Middleware = {
  name: 'common',
  enter(request, work) {
    const { method, path, rawPath, rawQuery, site } = request;
    if (path.endsWith('/') || !SAFE.includes(method)) return;
    if (matches(site.urls, path) || !matches(site.urls, `${path}/`)) return;
    return work(() => redirect(`${rawPath}/${rawQuery}`, 301));
  },
};
