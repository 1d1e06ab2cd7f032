// Static files for the proxy, as Django's collectstatic and ManifestStaticFilesStorage prepare them:
//
//   style.css  →  style.css, style.3f9a61c07d42.css (may be cached forever), each with .br and .gz, and the manifest
//
// Templates name the plain file; {% static %} writes the hashed name, so that a changed file has a new URL.

import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { makeFolder } from '../../../runtime/folder.ts';
import { slashed } from '../../../runtime/platform/files.ts';

/** Images are compressed already. */
const COMPRESSIBLE = /\.(css|js|svg|html|json|txt|xml)$/;
const HASH_LENGTH = 12;

/** Copies the files in `from` to `to`, under plain names too if wanted, and writes the `manifest`; returns the hashed name of each. */
export function collectStatic(
  from: string,
  to: string,
  { manifest, hasPlainNames = true }: { manifest: string; hasPlainNames?: boolean },
): Record<string, string> {
  const files = globSync('**/*', { cwd: from })
    .filter((file) => statSync(join(from, file)).isFile())
    .map((file) => slashed(file));
  const names = Object.fromEntries(
    files.sort().map((file) => {
      const content = readFileSync(join(from, file));
      const hash = createHash('sha256').update(content).digest('hex').slice(0, HASH_LENGTH);
      const hashed = file.replace(/(\.\w+)?$/, `.${hash}$1`);
      for (const name of hasPlainNames ? [file, hashed] : [hashed]) {
        write(join(to, name), content);
        if (!COMPRESSIBLE.test(file)) continue;
        write(join(to, `${name}.br`), brotliCompressSync(content));
        write(join(to, `${name}.gz`), gzipSync(content, { level: 9 }));
      }
      return [file, hashed];
    }),
  );
  write(manifest, JSON.stringify(names, null, 2));
  return names;
}

/** Gives the URL path of a static file; with its hashed name if there is a `manifest`. */
export function staticUrls(manifest: string | undefined): (file: string) => string {
  const names: Record<string, string> =
    manifest && existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')) : {};
  return (file) => `/static/${Object.hasOwn(names, file) ? names[file] : file}`;
}

/** Writes a file atomically: it is never served half written. */
function write(path: string, content: string | Uint8Array): void {
  makeFolder(dirname(path));
  writeFileSync(`${path}.new`, content);
  renameSync(`${path}.new`, path);
}
