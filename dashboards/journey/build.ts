// Builds the journey page by Vite: TSX and CSS of source/ to one script and one style sheet, named by their content.
// Built once for a state of the sources, beside the lab, into `<home>/page/<hash>/`; the visitor serves that folder.
//
//   node dashboards/journey/build.ts .waybill

import { createHash } from 'node:crypto';
import { existsSync, globSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { argv, pid } from 'node:process';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';
import { serviceStyles } from '../../traces/service-styles.ts';

const ROOT = join(import.meta.dirname, '../..');
/** What ends up in the page: its own sources, what reads traces, the contract's sentences, and the versions of libraries. */
const SOURCES = ['dashboards/journey/{build.ts,source/**}', 'traces/**', 'otel/**', 'package-lock.json'];

/** The addresses of a built page's files, for the visitor. */
export type Manifest = { script: string; style: string; icon: string };

/** The absolute path of the page's folder for the present sources; once built, it has a `manifest.json`. */
export function pageDirectory(home: string): string {
  const hash = createHash('sha256');
  const files = globSync(SOURCES, { cwd: ROOT }).filter((path) => /\.(tsx?|css|svg|json)$/.test(path));
  for (const path of files.filter((path) => !/\.test\.|testdata/.test(path)).sort()) {
    hash.update(path).update(readFileSync(join(ROOT, path)));
  }
  return resolve(home, 'page', hash.digest('hex').slice(0, 16));
}

/** Builds the page below `home`, with `plugins`, unless it is built; resolves with its folder. Throws the errors of Vite. */
export async function buildPage(home: string, plugins: Plugin[] = []): Promise<string> {
  const directory = pageDirectory(home);
  if (existsSync(join(directory, 'manifest.json'))) return directory;
  const unfinished = `${directory}.${pid}`;
  await bundle(unfinished, plugins);
  writeFileSync(join(unfinished, 'manifest.json'), JSON.stringify(manifestOf(unfinished)));
  try {
    renameSync(unfinished, directory);
  } catch {
    rmSync(unfinished, { recursive: true }); // another process was quicker
  }
  for (const other of readdirSync(dirname(directory)).filter((name) => name !== basename(directory))) {
    rmSync(join(dirname(directory), other), { recursive: true, force: true }); // of earlier sources
  }
  return directory;
}

/** Virtual modules: the colours of the services' table, and the address of `standalone`, the script of exported pages. */
function virtualModules(standalone: string) {
  const modules: Record<string, string> = {
    'virtual:services.css': serviceStyles(),
    'virtual:standalone': `const file = ${JSON.stringify(basename(standalone))};
      export default file && new URL(file, import.meta.url).href`,
  };
  return {
    name: 'virtual-modules',
    resolveId: (id: string) => (Object.hasOwn(modules, id) ? `\0${id}` : undefined),
    load: (id: string) => modules[id.slice(1)],
  };
}

/** Builds the page: one script for exported pages, which must be whole, and one for the lab's page, which loads its views when they are shown. */
async function bundle(outDir: string, plugins: Plugin[]): Promise<void> {
  await bundleOne(outDir, 'standalone', '', plugins);
  await bundleOne(outDir, 'journey', find(outDir, 'assets/standalone-*.js'), plugins);
  const icon = readFileSync(join(import.meta.dirname, 'source/icon.svg'));
  const hash = createHash('sha256').update(icon).digest('hex').slice(0, 8);
  writeFileSync(join(outDir, `assets/icon-${hash}.svg`), icon);
  for (const file of globSync('assets/*.{js,css}', { cwd: outDir })) {
    const content = readFileSync(join(outDir, file));
    writeFileSync(join(outDir, `${file}.gz`), gzipSync(content, { level: 9 }));
    writeFileSync(join(outDir, `${file}.br`), brotliCompressSync(content));
  }
}

async function bundleOne(
  outDir: string,
  name: 'standalone' | 'journey',
  standalone: string,
  plugins: Plugin[],
): Promise<void> {
  const { build } = await import('vite');
  await build({
    root: join(import.meta.dirname, 'source'),
    configFile: false,
    logLevel: 'warn',
    plugins: [virtualModules(standalone), ...plugins],
    base: '/',
    build: {
      outDir,
      emptyOutDir: false,
      target: 'es2023',
      cssCodeSplit: false,
      modulePreload: false,
      reportCompressedSize: false,
      rollupOptions: {
        input: join(import.meta.dirname, name === 'journey' ? 'source/main.tsx' : 'source/standalone.tsx'),
        output: {
          codeSplitting: name === 'journey',
          entryFileNames: `assets/${name}-[hash].js`,
          chunkFileNames: 'assets/part-[name]-[hash].js',
          assetFileNames: 'assets/journey-[hash][extname]',
        },
      },
    },
  });
}

function find(directory: string, pattern: string): string {
  const [file] = globSync(pattern, { cwd: directory });
  if (file === undefined) throw new Error(`the build left no ${pattern} in ${directory}`);
  return `/${file.replaceAll('\\', '/')}`;
}

function manifestOf(directory: string): Manifest {
  return {
    script: find(directory, 'assets/journey-*.js'),
    style: find(directory, 'assets/*.css'),
    icon: find(directory, 'assets/*.svg'),
  };
}

if (argv[1] === import.meta.filename) {
  console.log(await buildPage(argv[2] ?? '.waybill'));
}
