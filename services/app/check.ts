// Loads the site as a worker does, and prints what is wrong with it: run before workers are restarted.

import { withPlace } from '../../runtime/wrong-line.ts';
import { readConfig } from './config.ts';
import { readSite, readSiteData } from './site.ts';
import { runTask } from './task.ts';

/** Exit code 1: the site is wrong; 2: the configuration. */
const config = await runTask(() => readConfig(), 2);
try {
  (await readSite(config)).siteSettings(config);
  await readSiteData(config);
} catch (error) {
  console.error(withPlace(error, config.site.folder));
  process.exit(1);
}
