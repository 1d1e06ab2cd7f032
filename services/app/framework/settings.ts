// The settings of a site: Django's settings.py. Everything that a request depends on is here, the clock included.

import type { Failure } from '../../../runtime/failures.ts';
import type { Request } from './http/request.ts';
import type { Middleware } from './middleware/middleware.ts';
import type { Site } from './middleware/site.ts';
import type { Task } from './tasks.ts';

export type Settings = {
  /** Whether error pages show stack traces and the patterns tried. */
  debug: boolean;
  sites: readonly Site[];
  /** On the way in from top to bottom, on the way out from bottom to top. */
  middleware: readonly Middleware[];
  /** What its background workers do; absent in releases that were made before there were any. */
  tasks?: readonly Task[];
  /** Folders of templates; the first that has a name wins. */
  templates: readonly string[];
  /** The error pages. */
  failures: Readonly<Record<string, Failure>>;
  /** Variables of every template, besides those that its view passes. */
  context: (request: Request) => object;
  /** Its URL, or the path of SQLite's file. */
  database: string;
  /** The path of a static file's URL. */
  staticUrl: (path: string) => string;
  maxBodyBytes: number;
  clock: () => Date;
};
