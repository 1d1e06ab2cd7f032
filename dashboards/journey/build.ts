// Builds the journey page by Vite: TSX and CSS of source/ to one script and one style sheet, named by their content.
// Built once for a state of the sources, beside the lab, into `<home>/page/<hash>/`; the visitor serves that folder.
//
//   node dashboards/journey/build.ts .waybill

import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { argv, pid } from 'node:process';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { serviceStyles } from '../../traces/service-styles.ts';

const ROOT = join(import.meta.dirname, '../..');
/** What ends up in the page: its own sources, what reads traces, the contract's words, and the versions of libraries. */
const SOURCES = ['dashboards/journey/{build.ts,source/**}', 'traces/**', 'otel/**', 'package-lock.json'];

/** What the visitor needs to know of a built page: the addresses of its files. */
export type Manifest = { script: string; style: string; icon: string };

/** The folder of the page that belongs to the sources as they are now, as an absolute path; whether it is built yet, `manifest.json` in it tells. */
export function pageDirectory(home: string): string {
  const hash = createHash('sha256');
  const files = globSync(SOURCES, { cwd: ROOT }).filter((path) => /\.(tsx?|css|svg|json)$/.test(path));
  for (const path of files.filter((path) => !path.includes('.test.')).sort()) {
    hash.update(path).update(readFileSync(join(ROOT, path)));
  }
  return resolve(home, 'page', hash.digest('hex').slice(0, 16));
}

/** Builds the page below `home` unless it is there; resolves with its folder. Throws what Vite says of wrong sources. */
export async function buildPage(home: string): Promise<string> {
  const directory = pageDirectory(home);
  if (existsSync(join(directory, 'manifest.json'))) return directory;
  const unfinished = `${directory}.${pid}`;
  await bundle(unfinished);
  writeFileSync(join(unfinished, 'manifest.json'), JSON.stringify(manifestOf(unfinished)));
  try {
    renameSync(unfinished, directory);
  } catch {
    rmSync(unfinished, { recursive: true }); // another one was quicker
  }
  for (const other of readdirSync(dirname(directory)).filter((name) => name !== basename(directory))) {
    rmSync(join(dirname(directory), other), { recursive: true, force: true }); // of sources as they were
  }
  return directory;
}

/** What `import 'virtual:services.css'` gives: the colours of the services' table. */
const serviceColours = {
  name: 'service-colours',
  resolveId: (id: string) => (id === 'virtual:services.css' ? `\0${id}` : undefined),
  load: (id: string) => (id === '\0virtual:services.css' ? serviceStyles() : undefined),
};

async function bundle(outDir: string): Promise<void> {
  const { build } = await import('vite');
  await build({
    root: join(import.meta.dirname, 'source'),
    configFile: false,
    logLevel: 'warn',
    plugins: [serviceColours],
    base: '/',
    build: {
      outDir,
      emptyOutDir: false,
      target: 'es2023',
      cssCodeSplit: false,
      modulePreload: false,
      reportCompressedSize: false,
      rollupOptions: {
        input: join(import.meta.dirname, 'source/main.tsx'),
        output: {
          codeSplitting: false,
          entryFileNames: 'assets/journey-[hash].js',
          assetFileNames: 'assets/journey-[hash][extname]',
        },
      },
    },
  });
  const icon = readFileSync(join(import.meta.dirname, 'source/icon.svg'));
  mkdirSync(join(outDir, 'assets'), { recursive: true });
  const hash = createHash('sha256').update(icon).digest('hex').slice(0, 8);
  writeFileSync(join(outDir, `assets/icon-${hash}.svg`), icon);
  for (const file of globSync('assets/*.{js,css}', { cwd: outDir })) {
    const content = readFileSync(join(outDir, file));
    writeFileSync(join(outDir, `${file}.gz`), gzipSync(content, { level: 9 }));
    writeFileSync(join(outDir, `${file}.br`), brotliCompressSync(content));
  }
}

function manifestOf(directory: string): Manifest {
  const find = (pattern: string) => {
    const [file] = globSync(pattern, { cwd: directory });
    if (file === undefined) throw new Error(`the build left no ${pattern} in ${directory}`);
    return `/${file.replaceAll('\\', '/')}`;
  };
  return { script: find('assets/*.js'), style: find('assets/*.css'), icon: find('assets/*.svg') };
}

if (argv[1] === import.meta.filename) {
  console.log(await buildPage(argv[2] ?? '.waybill'));
}
