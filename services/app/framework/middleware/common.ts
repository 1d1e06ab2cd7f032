// Django's CommonMiddleware and APPEND_SLASH: an address that only lacks its last slash is sent on to the one that has it.

import { redirect } from '../http/response.ts';
import { fits } from '../urls/resolver.ts';
import type { Middleware } from './middleware.ts';

export const common: Middleware = {
  name: 'common',
  enter(request, work) {
    const { path, rawPath, query, site } = request;
    if (path.endsWith('/') || request.method !== 'GET') return;
    if (fits(site.urls, path) || !fits(site.urls, `${path}/`)) return;
    const search = query.size > 0 ? `?${query}` : '';
    return work(() => redirect(`${rawPath}/${search}`, 301));
  },
};
