// Reads the site that this process runs: code that may have come by a deployment, so it has a bound in time.

import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { AppConfig } from './config.ts';

type Settings = typeof import('./site/settings.ts');
type Data = typeof import('./site/database/migrations.ts') &
  typeof import('./site/database/seed.ts') &
  typeof import('./site/days.ts');
type Reading = Pick<AppConfig, 'site' | 'startTimeout'>;

/** The site's settings. Throws what is wrong with it, or an Error when it takes too long. */
export async function readSite(config: Reading): Promise<Settings> {
  return (await read(config, 'settings.ts')) as Settings;
}

/** What the site's database consists of, and what is in it from the start. Throws as `readSite` does. */
export async function readSiteData(config: Reading): Promise<Data> {
  const files = ['database/migrations.ts', 'database/seed.ts', 'days.ts'];
  return Object.assign({}, ...(await Promise.all(files.map((file) => read(config, file))))) as Data;
}

async function read({ site, startTimeout }: Reading, file: string): Promise<unknown> {
  const waiting = new AbortController();
  const late = delay(startTimeout, undefined, { signal: waiting.signal }).then(() => {
    throw new Error(`${join(site.folder, file)} was not read within ${startTimeout / 1000} s`);
  });
  late.catch(() => {});
  return Promise.race([import(join(site.folder, file)), late]).finally(() => waiting.abort());
}
