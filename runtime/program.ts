// Where this program lies, and how another process of it is started: a checkout runs its TypeScript, the package and the image run
// what `npm run build` has bundled of it below dist/, under the same names.

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Whether this runs from bundles. */
export const isBundled = import.meta.filename.endsWith('.js');
/** The folder of the checkout, of the package, or of the lab in the image. */
export const ROOT = join(import.meta.dirname, '..');

/** Node's options for bundles: stack traces name the TypeScript, and Node 22 says nothing of what it calls experimental. */
const BUNDLE_OPTIONS = ['--enable-source-maps', '--disable-warning=ExperimentalWarning'];

/** The file that runs the TypeScript file `source` (`services/dns/main.ts`). */
export function programFile(source: string): string {
  return join(ROOT, isBundled ? `dist/${source.replace(/\.ts$/, '.js')}` : source);
}

/** Node's arguments that run `source`; `isTraced`: with OpenTelemetry. */
export function programArguments(source: string, isTraced: boolean): string[] {
  return [
    ...(isBundled ? BUNDLE_OPTIONS : []),
    ...(isTraced ? ['--import', programUrl('otel/instrument.ts')] : []),
    programFile(source),
  ];
}

/** `--import` takes a URL: a path with spaces, or of Windows, is none. */
function programUrl(source: string): string {
  return pathToFileURL(programFile(source)).href;
}
