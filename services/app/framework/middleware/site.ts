// The site that a request is for, by its host: Django's get_host and ALLOWED_HOSTS. A malformed path is refused here too, so
// that every later middleware can read it.

import { BadRequest } from '../http/errors.ts';
import { hostName, isAllowed } from '../http/hosts.ts';
import type { Request } from '../http/request.ts';
import type { UrlNode } from '../urls/path.ts';
import type { Middleware } from './middleware.ts';

/** One site of the application. */
export type Site = {
  name: string;
  /** Host names without port, `.tatis.test` for it and all names in it; a request for any other host is refused. */
  hosts: readonly string[];
  urls: readonly UrlNode[];
  /** Those of its hosts that the proxy serves by HTTPS only: their cookies are Secure. On the others cookies would be lost by HTTP. */
  httpsOnly?: readonly string[];
};

declare module '../http/request.ts' {
  interface Request {
    /** A request for no site is refused before this is read. */
    site: Site;
  }
}

/** Finds the site of a request among `sites`. */
export function site(sites: readonly Site[]): Middleware {
  return {
    name: 'site',
    enter(request) {
      request.site = siteOf(request.host, sites);
      request.path; // throws if it is malformed
      return undefined;
    },
  };
}

/** Whether the host of `request` is served by HTTPS only. */
export function isHttpsOnly({ site, host }: Request): boolean {
  return isAllowed(hostName(host) ?? '', site?.httpsOnly ?? []);
}

function siteOf(host: string, sites: readonly Site[]): Site {
  const name = hostName(host);
  if (name === undefined) throw new BadRequest('Malformed Host header.');
  const found = sites.find(({ hosts }) => isAllowed(name, hosts));
  if (!found) throw new BadRequest(`Host "${name}" is not a site of this server.`);
  return found;
}
