// Run from bundles, the site is TypeScript as in a checkout, which Node runs; the framework that it imports is bundled:
//
//   <home>/services/app/site/urls.ts imports '../framework/urls/path.ts'  → dist/services/app/framework/urls/path.js
//   <home>/services/app/site/days.ts imports 'kysely'                     → dist/services/app/site-packages/kysely.js
//
// Both lead to the modules that the worker itself uses, so that there is one of each.

import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import { programFile } from '../../runtime/program.ts';

/** A module of services/app that is not the site's. */
const FRAMEWORK = /\/services\/app\/(?!site\/)([^?]+\.ts)$/;
const PACKAGE = /^[a-z@][\w@/.-]*$/;

/** Has imports of a site lead to the bundles from now on. */
export function resolveSiteImports(): void {
  registerHooks({
    resolve(specifier, context, next) {
      const { parentURL = '' } = context;
      if (!parentURL.includes('/services/app/site/') || specifier.startsWith('node:')) return next(specifier, context);
      const [, framework] = FRAMEWORK.exec(new URL(specifier, parentURL).href) ?? [];
      const source = framework ?? (PACKAGE.test(specifier) ? `site-packages/${specifier}.ts` : undefined);
      const file = source === undefined ? '' : programFile(`services/app/${source}`);
      return existsSync(file) ? { url: pathToFileURL(file).href, shortCircuit: true } : next(specifier, context);
    },
  });
}
