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
import { environment } from '../../runtime/config.ts';
import { LabError } from '../cli/command.ts';

const ROOT = join(import.meta.dirname, '../..');
/** What check.ts exits with when the site is wrong; any other failure is one of the configuration. */
const SITE_IS_WRONG = 1;
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

/**
 * What is wrong with the site in `folder` (without one: that of the working tree), with its line; undefined when a worker could
 * run it. Throws a LabError when the configuration is wrong, not the site.
 */
export async function wrongWithSite(folder = 'services/app/site'): Promise<string | undefined> {
  try {
    const env = { ...environment, WAYBILL_SITE: folder };
    await promisify(execFile)(execPath, ['services/app/check.ts'], { cwd: ROOT, env });
    return undefined;
  } catch (error) {
    const { code, stderr = '', message } = error as Error & { code?: number | string; stderr?: string };
    const reason = stderr.trim() || message;
    if (code === SITE_IS_WRONG) return reason;
    throw new LabError(reason);
  }
}
