// The lab's sandbox: files that a learner may edit while the lab runs. A change is taken at once by the one who reads it:
//
//   services/dns/zones/*.zone      → the phonebook reads its zones again
//   services/proxy/locations.ts    → the web server reads its rules again
//   services/app/site/**           → the site is read once aside; if it is right, every worker is replaced
//
// One that is wrong changes nothing: the line is named, and what was there goes on.

import { execFile } from 'node:child_process';
import { watch } from 'node:fs';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '..');
/** An editor writes a file in several steps, in ms. */
const SETTLED = 150;

/** What is edited, and which of its files count. */
const PLACES = {
  dns: { folder: 'services/dns/zones', counts: /\.zone$/ },
  proxy: { folder: 'services/proxy', counts: /^locations\.ts$/ },
  app: { folder: 'services/app/site', counts: /\.(ts|html)$/ },
} as const;

/** Who reads what was edited. */
export type Reader = keyof typeof PLACES;

/** Every file and folder of the sandbox, as git names them. */
export const SANDBOX = ['services/dns/zones', 'services/proxy/locations.ts', 'services/app/site'];

/** Tells `changed` of each change, until `signal` aborts. */
export function watchWorld(changed: (reader: Reader) => void, signal: AbortSignal): void {
  for (const [reader, { folder, counts }] of Object.entries(PLACES)) {
    let settling: NodeJS.Timeout | undefined;
    const watcher = watch(join(ROOT, folder), { recursive: reader === 'app', signal }, (_, file) => {
      if (file === null || !counts.test(file)) return;
      clearTimeout(settling);
      settling = setTimeout(() => changed(reader as Reader), SETTLED);
    });
    watcher.on('error', () => {}); // a folder that is gone: what was read of it goes on
  }
}

/** What is wrong with the site as it lies there, with its line; undefined when a worker could run it. */
export async function wrongWithSite(): Promise<string | undefined> {
  try {
    await promisify(execFile)(execPath, ['services/app/check.ts'], { cwd: ROOT });
    return undefined;
  } catch (error) {
    return (error as { stderr?: string }).stderr?.trim() || (error as Error).message;
  }
}
