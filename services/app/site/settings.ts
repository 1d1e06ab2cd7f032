// The site's settings, as in Django's settings.py: the sites, the middleware, the templates.

import { join } from 'node:path';
import type { AppConfig } from '../config.ts';
import { FAILURES } from '../errors.ts';
import { authentication } from '../framework/middleware/authentication.ts';
import { common } from '../framework/middleware/common.ts';
import { csrf } from '../framework/middleware/csrf.ts';
import { messages } from '../framework/middleware/messages.ts';
import { security } from '../framework/middleware/security.ts';
import { session } from '../framework/middleware/session.ts';
import { type Site, site } from '../framework/middleware/site.ts';
import type { Settings } from '../framework/settings.ts';
import { staticUrls } from '../framework/static-files.ts';
import { FRAMEWORK_TEMPLATES } from '../framework/templates.ts';
import { reports } from './tasks.ts';
import { djangoGirlsUrls, tatisUrls } from './urls.ts';
import './database/tables.ts';

const HERE = import.meta.dirname;

const sites: Site[] = [
  {
    name: 'tatis',
    hosts: ['.tatis.test', '.tatis.localhost', '127.0.0.1', 'localhost'],
    urls: tatisUrls,
    httpsOnly: ['sealed.tatis.test', 'sealed.tatis.localhost'], // httpsOnly in services/proxy/locations.ts
  },
  { name: 'djangogirls', hosts: ['.djangogirls.test', 'djangogirls.localhost'], urls: djangoGirlsUrls },
];

/** The settings for `config`. */
export function siteSettings(config: AppConfig): Settings {
  return {
    debug: config.debug,
    sites,
    middleware: [security, site(sites), common, session(config.secretKey), csrf, authentication, messages],
    tasks: [reports],
    templates: [join(HERE, 'templates'), FRAMEWORK_TEMPLATES],
    failures: FAILURES,
    context: (request) => ({
      site: request.site.name,
      path: request.rawPath,
      user: request.user,
      messages: request.messages.take(),
      traceId: request.traceId,
      traceUrl: `${config.pageUrl}/traces/${request.traceId}`,
      worker: config.id,
      pid: process.pid,
      release: config.site.release,
    }),
    database: config.databaseUrl,
    staticUrl: staticUrls(config.site.manifest),
    maxBodyBytes: config.maxBody,
    clock: config.clock,
  };
}
