// The lab's sandbox: files that a learner may edit while the lab runs. A change takes effect at once:
//
//   services/dns/zones/*.zone      → dns reads its zones again
//   services/proxy/locations.ts    → proxy reads its rules again
//   services/app/site/**           → the site is checked; if it is valid, every worker is replaced
//   services/router/routes.txt     → is read at the next start
//   lessons/programs/**            → are run by the learner
//
// An invalid file changes nothing: the line is reported, and the version before stays in use.

import { execFile } from 'node:child_process';
import { watch } from 'node:fs';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { promisify } from 'node:util';
import { environment } from '../../runtime/config.ts';
import { isBundled, programArguments, ROOT } from '../../runtime/program.ts';
import { SITE } from '../../services/app/release.ts';
import { LabError } from '../cli/command.ts';

/** What check.ts exits with when the site is invalid; any other failure is one of the configuration. */
const SITE_INVALID = 1;
/** An editor writes a file in several steps, in ms. */
const SETTLE_MS = 150;

/** What is edited by the service that reads it, and which of its files count. */
const WATCHED = {
  dns: { folder: 'services/dns/zones', files: /\.zone$/ },
  proxy: { folder: 'services/proxy', files: /^locations\.ts$/ },
  app: { folder: 'services/app/site', files: /\.(ts|html)$/ },
} as const;

/** The service that reads what was edited. */
export type Reader = keyof typeof WATCHED;

/** The folder that holds the sandbox: the checkout; for the package the lab's `home`, where npm does not replace it. */
export function sandboxFolder(home: string): string {
  return isBundled ? home : ROOT;
}

/** Every file and folder of the sandbox, as git names them. */
export const SANDBOX = [
  'services/dns/zones',
  'services/router/routes.txt',
  'services/proxy/locations.ts',
  SITE,
  'lessons/programs',
];

/** Calls `onChange` for each change in the folder `sandbox`, until `signal` aborts. */
export function watchSandbox(sandbox: string, onChange: (reader: Reader) => void, signal: AbortSignal): void {
  for (const [reader, { folder, files }] of Object.entries(WATCHED)) {
    let settling: NodeJS.Timeout | undefined;
    const watcher = watch(join(sandbox, folder), { recursive: reader === 'app', signal }, (_, file) => {
      if (file === null || !files.test(file)) return;
      clearTimeout(settling);
      settling = setTimeout(() => onChange(reader as Reader), SETTLE_MS);
    });
    watcher.on('error', () => {}); // the folder was removed: what was read of it stays in use
  }
}

/**
 * What is wrong with the site in `folder` (without one: that of the working tree, in `sandbox`), with its line; undefined when a worker could
 * run it. Throws a LabError when the configuration is wrong, not the site.
 */
export async function findSiteError(sandbox: string, folder = SITE): Promise<string | undefined> {
  try {
    const env = { ...environment, WAYBILL_SITE: folder };
    await promisify(execFile)(execPath, programArguments('services/app/check.ts', false), { cwd: sandbox, env });
    return undefined;
  } catch (error) {
    const { code, stderr = '', message } = error as Error & { code?: number | string; stderr?: string };
    const reason = stderr.trim() || message;
    if (code === SITE_INVALID) return reason;
    throw new LabError(reason);
  }
}
