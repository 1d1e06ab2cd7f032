// Loads the site that this process runs. Its code may come from a deployment, so loading it has a timeout.

import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { isBundled } from '../../runtime/program.ts';
import type { AppConfig } from './config.ts';
import { resolveSiteImports } from './site-imports.ts';

if (isBundled) resolveSiteImports();

type Settings = typeof import('./site/settings.ts');
type Data = typeof import('./site/database/migrations.ts') &
  typeof import('./site/database/seed.ts') &
  typeof import('./site/days.ts');
type SiteConfig = Pick<AppConfig, 'site' | 'startTimeout'>;

/** The site's settings. Throws what its code throws, or an Error after the timeout. */
export async function readSite(config: SiteConfig): Promise<Settings> {
  return (await read(config, 'settings.ts')) as Settings;
}

/** The migrations of the site's database, and its initial data. Throws as `readSite` does. */
export async function readSiteData(config: SiteConfig): Promise<Data> {
  const files = ['database/migrations.ts', 'database/seed.ts', 'days.ts'];
  return Object.assign({}, ...(await Promise.all(files.map((file) => read(config, file))))) as Data;
}

async function read({ site, startTimeout }: SiteConfig, file: string): Promise<unknown> {
  const waiting = new AbortController();
  const late = delay(startTimeout, undefined, { signal: waiting.signal }).then(() => {
    throw new Error(`${join(site.folder, file)} was not loaded within ${startTimeout / 1000} s`);
  });
  late.catch(() => {});
  return Promise.race([import(pathToFileURL(join(site.folder, file)).href), late]).finally(() => waiting.abort());
}
