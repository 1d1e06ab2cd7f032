// Copies the site's static files to WAYBILL_STATIC_ROOT, with hashed names and compressed copies, for the proxy to serve.

import { join } from 'node:path';
import { readConfig } from './config.ts';
import { collectStatic } from './framework/static-files.ts';

const { staticRoot } = readConfig(process.env);
if (staticRoot === undefined) {
  console.error('WAYBILL_STATIC_ROOT is not set: where should the static files go?');
  process.exit(1);
}
const names = collectStatic(join(import.meta.dirname, 'site/static'), staticRoot);
console.log(`${Object.keys(names).length} static files are in ${staticRoot}.`);
