// What `npm run build` makes: dist/ with the bundles and the journey page.

import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildPage } from '../../dashboards/journey/build.ts';
import { ROOT } from '../../runtime/program.ts';
import { bundle, commandWords } from './bundle.ts';
import { lessonAsTyped } from './command-words.ts';

const DIST = join(ROOT, 'dist');
const LESSONS = join(ROOT, 'lessons');

/** Builds dist/ anew. Throws the errors of Rolldown and Vite. */
export async function build(): Promise<void> {
  rmSync(DIST, { recursive: true, force: true });
  await bundle(DIST);
  cpSync(LESSONS, join(DIST, 'lessons'), { recursive: true, filter: (path) => path !== join(LESSONS, 'programs') });
  for (const file of globSync('*.md', { cwd: LESSONS })) {
    writeFileSync(join(DIST, 'lessons', file), lessonAsTyped(readFileSync(join(LESSONS, file), 'utf8')));
  }
  const home = mkdtempSync(join(tmpdir(), 'waybill-build-'));
  cpSync(await buildPage(home, [commandWords()]), join(DIST, 'page'), { recursive: true });
  rmSync(home, { recursive: true });
}
