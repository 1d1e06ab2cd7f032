// Reads the site as a worker does, and says what is wrong with it: asked before workers are replaced by new ones.

import { withPlace } from '../../runtime/wrong-line.ts';
import { readConfig } from './config.ts';
import { readSite } from './site.ts';

const config = readConfig(process.env);
try {
  (await readSite(config)).siteSettings(config);
} catch (error) {
  console.error(withPlace(error, config.site.folder));
  process.exit(1);
}
