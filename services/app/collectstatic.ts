// Copies the site's static files to WAYBILL_STATIC_ROOT, with hashed names and compressed copies, for the proxy to serve.

import { join } from 'node:path';
import { writableFolder } from '../../runtime/folder.ts';
import { readConfig } from './config.ts';
import { collectStatic } from './framework/static-files.ts';
import { runTask } from './task.ts';

await runTask(() => {
  const { staticRoot, site, hasPlainNames } = readConfig();
  if (staticRoot === undefined || site.manifest === undefined) {
    throw new Error('WAYBILL_STATIC_ROOT is not set: set it to the folder for static files.');
  }
  writableFolder('WAYBILL_STATIC_ROOT', staticRoot);
  const { manifest } = site;
  const names = collectStatic(join(site.folder, 'static'), staticRoot, { manifest, hasPlainNames });
  console.log(`${Object.keys(names).length} static files copied to ${staticRoot}.`);
});
