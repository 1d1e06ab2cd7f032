// The page over recordings as a folder of files, which any server of files can serve, below any path:
//
//   index.html   assets/ (the built page)   recordings/ (what record.ts has recorded)

import {
  copyFileSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Manifest } from '../../dashboards/journey/build.ts';
import { ROOT } from '../../runtime/program.ts';
import { documentReply, POLICY } from '../../services/visitor/page/document.ts';
import { LabError } from '../cli/command.ts';
import type { Recording } from './record.ts';

const MAX_BYTES = 1_500_000;
/** It also tells a folder that may be written anew. */
const INDEX = 'recordings/index.json.gz';

/** Throws a LabError unless `folder` is new, empty, or a site of this kind. */
export function checkFolder(folder: string): void {
  if (!existsSync(folder) || readdirSync(folder).length === 0 || existsSync(join(folder, INDEX))) return;
  throw new LabError(`${folder} has other files in it: name a new folder.`);
}

/** Writes the site to `folder`; returns its bytes. `page` is the folder of the built page. Throws a LabError when it is too large. */
export function writeSite(folder: string, page: string, recordings: ReadonlyMap<string, Recording>): number {
  checkFolder(folder);
  rmSync(folder, { recursive: true, force: true });
  for (const part of ['assets', 'recordings']) mkdirSync(join(folder, part), { recursive: true });
  for (const file of globSync('assets/*.{js,css,svg}', { cwd: page }))
    copyFileSync(join(page, file), join(folder, file));
  for (const [name, recording] of recordings) {
    writeFileSync(join(folder, 'recordings', `${name}.json.gz`), gzipSync(JSON.stringify(recording), { level: 9 }));
  }
  copyFileSync(join(ROOT, 'services/visitor/page/plain.css'), join(folder, 'assets/plain.css'));
  writeFileSync(join(folder, 'index.html'), documentOf(page));
  const bytes = globSync('**/*.*', { cwd: folder }).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
  if (bytes > MAX_BYTES) throw new LabError(`The site has ${bytes} bytes; it should have at most ${MAX_BYTES}.`);
  return bytes;
}

/** The visitor's document with relative addresses, and what the page reads about its recordings (source/recorded.ts). */
function documentOf(page: string): string {
  const manifest = JSON.parse(readFileSync(join(page, 'manifest.json'), 'utf8')) as Manifest;
  const { homepage } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { homepage: string };
  const html = `<p>This page needs JavaScript. <a href="${homepage}">What it is</a></p>`;
  const policy = POLICY.filter((each) => !each.startsWith('frame-ancestors')) // not in a document
    .map((each) => (each.startsWith('connect-src') ? "connect-src 'self' https: http:" : each)) // #trace=URL
    .join('; ');
  const meta = `<meta http-equiv="content-security-policy" content="${policy}"><meta name="referrer" content="no-referrer"><meta name="waybill-recordings" content="recordings/" data-homepage="${homepage}">`;
  return String(documentReply({ status: 200, title: 'Waybill', html }, manifest).body)
    .replaceAll('"/assets/', '"assets/')
    .replace('<meta charset="utf-8">', `$&${meta}`);
}
