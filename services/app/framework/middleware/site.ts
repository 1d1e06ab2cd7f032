// Whom the request is for: Django's get_host and ALLOWED_HOSTS, and which list of patterns serves that name. An address
// that cannot be read is refused here too, so that whoever comes later has one.

import { BadRequest } from '../http/errors.ts';
import { hostName, isAllowed } from '../http/hosts.ts';
import type { Request } from '../http/request.ts';
import type { UrlNode } from '../urls/path.ts';
import type { Middleware } from './middleware.ts';

/** One site of the application: what it is called, which hosts it answers to, its list of patterns. */
export type Site = {
  name: string;
  /** Host names without port, `.tatis.test` for it and all names in it; a request for any other host is refused. */
  hosts: readonly string[];
  urls: readonly UrlNode[];
  /** Those of its names that the proxy serves by HTTPS alone: their cookies are Secure. On the others they would be lost by HTTP. */
  httpsOnly?: readonly string[];
};

declare module '../http/request.ts' {
  interface Request {
    /** A request for none is refused before anybody looks for it. */
    site: Site;
  }
}

/** Finds the site of a request among `sites`. */
export function site(sites: readonly Site[]): Middleware {
  return {
    name: 'site',
    enter(request) {
      request.site = siteOf(request.host, sites);
      request.path; // throws where it cannot be read
      return undefined;
    },
  };
}

/** Whether the host of `request` is served by HTTPS alone. No site, no cookies. */
export function isHttpsOnly({ site, host }: Request): boolean {
  return isAllowed(hostName(host) ?? '', site?.httpsOnly ?? []);
}

function siteOf(host: string, sites: readonly Site[]): Site {
  const name = hostName(host);
  if (name === undefined) throw new BadRequest('The Host header is not the name of a host.');
  const found = sites.find(({ hosts }) => isAllowed(name, hosts));
  if (!found) throw new BadRequest(`No site here is called "${name}".`);
  return found;
}
