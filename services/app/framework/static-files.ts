// Static files for the proxy, as Django's collectstatic and ManifestStaticFilesStorage prepare them:
//
//   style.css  →  style.css, style.3f9a61c07d42.css (may be cached for ever), each with .br and .gz, and staticfiles.json
//
// Templates name the plain file; {% static %} writes the hashed name, so that a changed file has a new address.

import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';

const MANIFEST = 'staticfiles.json';
/** Pictures and the like are compressed already. */
const COMPRESSIBLE = /\.(css|js|svg|html|json|txt|xml)$/;
const HASH_LENGTH = 12;

/** Copies what is in `from` to `to`; returns the hashed name of each file. */
export function collectStatic(from: string, to: string): Record<string, string> {
  const files = globSync('**/*', { cwd: from }).filter((file) => statSync(join(from, file)).isFile());
  const names = Object.fromEntries(
    files.sort().map((file) => {
      const content = readFileSync(join(from, file));
      const hash = createHash('sha256').update(content).digest('hex').slice(0, HASH_LENGTH);
      const hashed = file.replace(/(\.\w+)?$/, `.${hash}$1`);
      for (const name of [file, hashed]) {
        write(join(to, name), content);
        if (!COMPRESSIBLE.test(file)) continue;
        write(join(to, `${name}.br`), brotliCompressSync(content));
        write(join(to, `${name}.gz`), gzipSync(content, { level: 9 }));
      }
      return [file, hashed];
    }),
  );
  write(join(to, MANIFEST), JSON.stringify(names, null, 2));
  return names;
}

/** Finds the address of a static file; by its hashed name if files were collected in `root`. */
export function staticUrls(root: string | undefined): (file: string) => string {
  const manifest = root === undefined ? '' : join(root, MANIFEST);
  const names: Record<string, string> = existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')) : {};
  return (file) => `/static/${Object.hasOwn(names, file) ? names[file] : file}`;
}

/** Writes a file in one step: whoever serves it never sees half of it. */
function write(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, content);
  renameSync(`${path}.new`, path);
}
