// What a site tells the framework: Django's settings.py. Everything a request depends on is here, the clock included.

import type { Failure } from '../../../runtime/failures.ts';
import type { DatabaseSettings } from './database/database.ts';
import type { Request } from './http/request.ts';
import type { Middleware } from './middleware/middleware.ts';
import type { Site } from './middleware/site.ts';

export type Settings = {
  /** Whether error pages show stack traces and the patterns tried. */
  debug: boolean;
  sites: readonly Site[];
  /** In running order: on the way in from top to bottom, on the way out from bottom to top. */
  middleware: readonly Middleware[];
  /** Directories of templates; the first that has a name wins. */
  templates: readonly string[];
  /** Of each status of an error page: its title, and what to do. */
  failures: Readonly<Record<string, Failure>>;
  /** What every template can say, beside what its view passes. */
  context: (request: Request) => object;
  database: DatabaseSettings;
  /** The address of a static file. */
  staticUrl: (path: string) => string;
  maxBodyBytes: number;
  clock: () => Date;
};
