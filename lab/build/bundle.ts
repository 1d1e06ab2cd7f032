// Bundles the lab for the package and the image, by Rolldown: each program of the lab to dist/<its path>.js with a source map, and
// what several of them use to chunks that they share.

import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { type Plugin, rolldown } from 'rolldown';
import { SERVICE_NAMES } from '../../otel/contract/services.ts';
import { slashed } from '../../runtime/platform/files.ts';
import { ROOT } from '../../runtime/program.ts';
import { asTyped } from './command-words.ts';

/** Not bundled: OpenTelemetry's instrumentations replace parts of them when they are loaded, by their names. */
const EXTERNAL = ['pino', 'pg'];
/** Commands for those who change Waybill itself. */
const OF_A_CHECKOUT = ['bench', 'build', 'demo', 'docs', 'lint', 'test'];
/** What the site imports (services/app/site-imports.ts). */
const SITE_PACKAGES = ['kysely'];
const NODE = 'node22.18';

/** Every program: the file that Node runs, or that another process of the lab imports by its path. */
function programs(): string[] {
  const sources = (pattern: string) =>
    globSync(pattern, { cwd: ROOT })
      .filter((file) => !/\.(test|d)\.ts$/.test(file))
      .map((file) => slashed(file));
  const isCommand = (file: string) => !OF_A_CHECKOUT.some((name) => file.endsWith(`/${name}.ts`));
  return [
    'otel/instrument.ts',
    ...SERVICE_NAMES.map((name) => `services/${name}/main.ts`),
    ...['migrate', 'collectstatic', 'check', 'errors', 'worker/watchdog-thread'].map(
      (name) => `services/app/${name}.ts`,
    ),
    ...sources('services/app/framework/**/*.ts'),
    'runtime/nearest.ts',
    ...sources('lab/commands/*.ts').filter(isCommand),
    'lab/deploy/developer.ts',
    'lab/deploy/pipeline.ts',
  ];
}

/** Writes the bundles to the folder `dist` in the checkout. */
export async function bundle(dist: string): Promise<void> {
  const inputs = [
    ...programs().map((file) => [file.replace(/\.ts$/, ''), join(ROOT, file)]),
    ...SITE_PACKAGES.map((name) => [`services/app/site-packages/${name}`, name]),
  ];
  const build = await rolldown({
    input: Object.fromEntries(inputs),
    cwd: ROOT,
    platform: 'node',
    external: (id) => id.startsWith('node:') || id === 'vite' || EXTERNAL.includes(id.split('/')[0] ?? ''),
    transform: { target: NODE },
    plugins: [commandWords(), ownFolders(), collection(), ownMaps()],
  });
  await build.write({
    dir: dist,
    format: 'esm',
    sourcemap: true,
    sourcemapExcludeSources: true,
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
    minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
    intro: ({ fileName }) =>
      `const __root=import.meta.dirname+${JSON.stringify('/..'.repeat(fileName.split('/').length))};`,
    codeSplitting: {
      groups: [{ name: 'framework', test: /[\\/]services[\\/]app[\\/](framework[\\/]|errors\.ts)/ }],
    },
  });
  await build.close();
}

/** A plugin, for the page as well: the texts of the lab name commands as they are typed with the package. */
export function commandWords() {
  return {
    name: 'command-words',
    transform: (code: string, id: string) => (isOwn(id) ? { code: asTyped(code), map: null } : null),
  };
}

/** A module's folder, from which it reads files, is that of its source in the package, not that of the chunk. */
function ownFolders(): Plugin {
  return {
    name: 'own-folders',
    transform(code, id) {
      if (!isOwn(id)) return null;
      const folder = JSON.stringify(`/${slashed(relative(ROOT, dirname(id)))}`);
      const own = code.replaceAll('import.meta.dirname', `(__root+${folder})`);
      return own === code ? null : { code: own, map: null };
    },
  };
}

/** No source maps of chunks that hold packages alone: two thirds of all maps, and of no use to a learner. */
function ownMaps(): Plugin {
  return {
    name: 'own-maps',
    generateBundle(_, files) {
      for (const file of Object.values(files)) {
        if (file.type !== 'chunk' || file.moduleIds.some(isOwn)) continue;
        delete files[`${file.fileName}.map`];
        file.code = file.code.replace(/\n\/\/# sourceMappingURL=\S*\s*$/, '\n');
      }
    },
  };
}

function isOwn(id: string): boolean {
  return id.startsWith(ROOT) && !id.includes('node_modules');
}

/** In place of otel/collection.ts, which finds instrumentations by their packages: a table of those that are bundled. */
function collection(): Plugin {
  const file = join(ROOT, 'node_modules/@opentelemetry/auto-instrumentations-node/package.json');
  const { dependencies } = JSON.parse(readFileSync(file, 'utf8')) as { dependencies: object };
  const names = Object.keys(dependencies).flatMap(
    (name) => /^@opentelemetry\/instrumentation-(.+)/.exec(name)?.[1] ?? [],
  );
  const entries = names.map((name) => `${JSON.stringify(name)}:()=>import('@opentelemetry/instrumentation-${name}')`);
  return {
    name: 'collection',
    load: (id) =>
      id === join(ROOT, 'otel/collection.ts')
        ? `const all={${entries}};export const has=(name)=>Object.hasOwn(all,name);export const load=(name)=>all[name]();`
        : null,
  };
}
