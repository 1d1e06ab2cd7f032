// The journey page as it was built: its manifest and its files, from the folder that the runner or the image put it in.

import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { Reply } from '../../../runtime/control/route.ts';
import { ownProperty } from '../../../traces/own-property.ts';

/** The addresses of the page's files. */
export type Manifest = { script: string; style: string; icon: string };

const TYPES: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Content codings in the order of preference, and the extension of a file compressed by each. */
const ENCODINGS = { br: '.br', gzip: '.gz' };

/** Reads the page in `directory`, which may still be built when the visitor starts. */
export function createBuiltPage(directory: string) {
  let manifest: Manifest | undefined;
  const files = new Map<string, Buffer>();

  function load(): Manifest | undefined {
    if (manifest !== undefined) return manifest;
    try {
      const read = JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8')) as Manifest;
      for (const name of readdirSync(join(directory, 'assets'))) {
        files.set(name, readFileSync(join(directory, 'assets', name)));
      }
      manifest = read;
    } catch {
      // not built (yet): the plain pages are shown
    }
    return manifest;
  }

  return {
    /** The manifest, undefined where no page is built. */
    manifest: load,
    /** The file of that name, which contains the hash of its content; undefined where there is none. `accepted`: Accept-Encoding. */
    file(name: string, accepted = ''): Reply | undefined {
      load();
      const type = ownProperty(TYPES, extname(name));
      const plain = files.get(name);
      if (plain === undefined || type === undefined) return undefined;
      const codings = accepted.split(',').map((each) => each.trim().toLowerCase());
      const [coding, extension = ''] =
        Object.entries(ENCODINGS).find(([each, end]) => codings.includes(each) && files.has(name + end)) ?? [];
      return {
        headers: {
          'content-type': type,
          'cache-control': 'public, max-age=31536000, immutable',
          vary: 'Accept-Encoding',
          ...(coding !== undefined && { 'content-encoding': coding }),
        },
        body: files.get(name + extension) as Buffer,
      };
    },
  };
}

export type BuiltPage = ReturnType<typeof createBuiltPage>;
