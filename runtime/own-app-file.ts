// The learner's own app that is set, in a file (WAYBILL_APP_FILE): the gateway writes it, and has the app again when it was restarted;
// the proxy reads which folders of the site it serves itself. `npm start` removes it.

import { readFileSync, renameSync, writeFileSync } from 'node:fs';

/** A folder that the web server serves below `path`. */
export type StaticFolder = { path: string; folder: string };

/** Writes `app`, null for none, to `file`; a reader finds the old one or the new one, never a part. */
export function writeOwnAppFile(file: string, app: object | null): void {
  writeFileSync(`${file}.new`, JSON.stringify({ app }), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** What was written to `file`: the app, or null; undefined without such a file. */
export function readOwnAppFile<App extends object>(file: string): App | null | undefined {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { app: App | null }).app;
  } catch {
    return undefined;
  }
}
