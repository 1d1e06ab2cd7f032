// The sandbox of the package, in the lab's home: the files as they were laid there, and by what version, are listed in sandbox.json.
// A later version replaces those that the learner has not changed. A checkout has its sandbox in git.

import { createHash } from 'node:crypto';
import { cpSync, existsSync, globSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageVersion } from '../../otel/config.ts';
import { slashed } from '../../runtime/platform/files.ts';
import { ROOT } from '../../runtime/program.ts';
import { SANDBOX } from './sandbox.ts';

/** What the programs of lessons write beside themselves. */
const WRITTEN_BY_PROGRAMS = /\/__pycache__\/|\.sqlite3$/;

/** What sandbox.json holds; `files`: from a path to the hash of its content. */
type Laid = { version: string; files: Record<string, string> };

/** Which files differ from the package's, and which it does not have. */
export type Edited = { changed: string[]; added: string[] };

/**
 * Lays the package's sandbox into `home`; returns a sentence for each thing that is worth one: a file that was edited and is not that
 * of this version, a home that another version has used. `from` and `version` are for tests.
 */
export function laySandbox(home: string, from = ROOT, version = packageVersion()): string[] {
  const before = readLaid(home);
  const files = filesOf(from);
  const kept: string[] = [];
  for (const file of new Set([...files, ...Object.keys(before?.files ?? {})])) {
    const own = hashOf(join(home, file));
    const isEdited = own !== undefined && own !== before?.files[file];
    const next = hashOf(join(from, file));
    if (own === next) continue;
    if (isEdited) {
      if (next !== before?.files[file]) kept.push(file);
    } else if (next === undefined) rmSync(join(home, file));
    else if (own !== undefined || before?.files[file] !== next) copy(from, home, file);
  }
  writeLaid(home, {
    version,
    files: Object.fromEntries(files.map((file) => [file, hashOf(join(from, file)) as string])),
  });
  if (before === undefined || before.version === version) return [];
  return [
    `${home} was used by Waybill ${before.version}; this is ${version}.`,
    ...kept.map((file) => `${join(home, file)} was edited and stays as it is. npm run reset replaces it.`),
  ];
}

/** What was edited in the sandbox in `home`. */
export function findEdited(home: string, from = ROOT): Edited {
  const files = filesOf(from);
  return {
    changed: files.filter((file) => hashOf(join(home, file)) !== hashOf(join(from, file))),
    added: filesOf(home).filter((file) => !files.includes(file)),
  };
}

/** Puts the package's `files` back into `home`. */
export function restore(home: string, files: readonly string[], from = ROOT): void {
  for (const file of files) copy(from, home, file);
}

function copy(from: string, home: string, file: string): void {
  cpSync(join(from, file), join(home, file));
}

/** Every file of the sandbox in `folder`, in order. */
function filesOf(folder: string): string[] {
  return SANDBOX.flatMap((part) => {
    const isFile = statSync(join(folder, part), { throwIfNoEntry: false })?.isFile();
    return isFile ? [part] : globSync('**/*', { cwd: join(folder, part) }).map((file) => `${part}/${slashed(file)}`);
  })
    .filter((file) => statSync(join(folder, file)).isFile() && !WRITTEN_BY_PROGRAMS.test(file))
    .sort();
}

function hashOf(path: string): string | undefined {
  return existsSync(path) ? createHash('sha256').update(readFileSync(path)).digest('hex') : undefined;
}

function readLaid(home: string): Laid | undefined {
  try {
    return JSON.parse(readFileSync(join(home, 'sandbox.json'), 'utf8')) as Laid;
  } catch {
    return undefined; // none, or damaged: what differs from the package counts as edited
  }
}

function writeLaid(home: string, laid: Laid): void {
  writeFileSync(join(home, 'sandbox.json'), `${JSON.stringify(laid, null, 2)}\n`);
}
