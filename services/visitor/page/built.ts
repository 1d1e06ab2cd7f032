// The journey page as it was built: its manifest and its files, from the folder that the runner or the image put it in.

import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { Reply } from '../../../runtime/control/route.ts';

/** The addresses of the page's files. */
export type Manifest = { script: string; style: string; icon: string };

const TYPES: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Packed beside each file, in the order in which they are preferred. */
const ENCODINGS = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const;

/** Reads the page in `directory`; it may be built while the visitor is up already. */
export function createBuiltPage(directory: string | undefined) {
  let manifest: Manifest | undefined;
  const files = new Map<string, Buffer>();

  function load(): Manifest | undefined {
    if (manifest !== undefined || directory === undefined) return manifest;
    try {
      const found = JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8')) as Manifest;
      for (const name of readdirSync(join(directory, 'assets'))) {
        files.set(name, readFileSync(join(directory, 'assets', name)));
      }
      manifest = found;
    } catch {
      // not built, or not yet: the plain pages are shown
    }
    return manifest;
  }

  return {
    /** The manifest, undefined where no page is built. */
    manifest: load,
    /** The file of that name; undefined where there is none. Its name changes with its content, so it may be kept for ever. */
    file(name: string, accepted = ''): Reply | undefined {
      load();
      const type = Object.hasOwn(TYPES, extname(name)) ? TYPES[extname(name)] : undefined;
      const plain = files.get(name);
      if (plain === undefined || type === undefined) return undefined;
      const wanted = accepted.split(',').map((each) => each.trim().toLowerCase());
      const [encoding, ending = ''] =
        ENCODINGS.find(([each, end]) => wanted.includes(each) && files.has(name + end)) ?? [];
      return {
        headers: {
          'content-type': type,
          'cache-control': 'public, max-age=31536000, immutable',
          vary: 'Accept-Encoding',
          ...(encoding !== undefined && { 'content-encoding': encoding }),
        },
        body: files.get(name + ending) as Buffer,
      };
    },
  };
}

export type BuiltPage = ReturnType<typeof createBuiltPage>;
