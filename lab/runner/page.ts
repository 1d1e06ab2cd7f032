// The journey page under `npm start`: built once for a state of its sources, when the lab is up, so that the start does not wait for it.
// The package has it built.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { promisify } from 'node:util';
import { pageDirectory } from '../../dashboards/journey/build.ts';
import { isBundled, ROOT } from '../../runtime/program.ts';
import { LabError } from '../cli/command.ts';

const BUILD = join(ROOT, 'dashboards/journey/build.ts');

/** The folder of the page: in the package, or below `home`. */
export function pageFolder(home: string): string {
  return isBundled ? join(ROOT, 'dist/page') : pageDirectory(home);
}

/**
 * Builds the page below `home`, unless it is built; resolves when it is. `signal` ends it.
 * Throws a LabError with the build's error; then the plain pages are shown.
 */
export async function buildJourneyPage(home: string, signal: AbortSignal): Promise<void> {
  if (existsSync(join(pageFolder(home), 'manifest.json'))) return;
  try {
    await promisify(execFile)(execPath, [BUILD, home], { signal });
  } catch (error) {
    if (signal.aborted) return;
    const { stderr = '', message } = error as Error & { stderr?: string };
    const [reason = message] = stderr.split('\n').filter((line) => /error/i.test(line));
    throw new LabError(`The journey page could not be built (${reason.trim()}); plain pages are shown instead.`);
  }
}
