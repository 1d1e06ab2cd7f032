// Django's CommonMiddleware and APPEND_SLASH: an address that only lacks its last slash is sent on to the one that has it.

import { redirect } from '../http/response.ts';
import { fits } from '../urls/resolver.ts';
import type { Middleware } from './middleware.ts';

/** A browser that is sent on repeats these, and nothing is lost; the body of another would be. */
const SAFE = ['GET', 'HEAD', 'OPTIONS', 'TRACE'];

export const common: Middleware = {
  name: 'common',
  enter(request, work) {
    const { method, path, rawPath, rawQuery, site } = request;
    if (path.endsWith('/') || !SAFE.includes(method)) return;
    if (fits(site.urls, path) || !fits(site.urls, `${path}/`)) return;
    return work(() => redirect(`${rawPath}/${rawQuery}`, 301));
  },
};
