// Copies the site's static files to WAYBILL_STATIC_ROOT, with hashed names and compressed copies, for the proxy to serve.

import { join } from 'node:path';
import { readConfig } from './config.ts';
import { collectStatic } from './framework/static-files.ts';

const { staticRoot, site, hasPlainNames } = readConfig(process.env);
if (staticRoot === undefined || site.manifest === undefined) {
  console.error('WAYBILL_STATIC_ROOT is not set: where should the static files go?');
  process.exit(1);
}
const { manifest } = site;
const names = collectStatic(join(site.folder, 'static'), staticRoot, { manifest, hasPlainNames });
console.log(`${Object.keys(names).length} static files are in ${staticRoot}.`);
