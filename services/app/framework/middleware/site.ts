// Whom the request is for: Django's get_host and ALLOWED_HOSTS, and which list of patterns serves that name. An address
// that cannot be read is refused here too, so that whoever comes later has one.

import { BadRequest } from '../http/errors.ts';
import { hostName, isAllowed } from '../http/hosts.ts';
import type { Site } from '../settings.ts';
import type { Middleware } from './middleware.ts';

export const site: Middleware = {
  name: 'site',
  enter(request) {
    request.site = siteOf(request.host, request.app.settings.sites);
    request.path; // throws where it cannot be read
    return undefined;
  },
};

function siteOf(host: string, sites: readonly Site[]): Site {
  const name = hostName(host);
  if (name === undefined) throw new BadRequest('The Host header is not the name of a host.');
  const found = sites.find(({ hosts }) => isAllowed(name, hosts));
  if (!found) throw new BadRequest(`No site here is called "${name}".`);
  return found;
}
