// Conventions of the code that can be checked: who may import whom, where the environment is read, names that are retired.

import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';
import { SERVICE_NAMES } from '../otel/contract/services.ts';

const ROOT = join(import.meta.dirname, '..');
const sources = globSync('{otel,runtime,traces,scenarios,services,dashboards,lab,bench,tests}/**/*.{ts,tsx,js}', {
  cwd: ROOT,
}).map((path) => ({
  path,
  text: readFileSync(join(ROOT, path), 'utf8'),
}));
const code = sources.filter(({ path }) => !path.includes('.test.'));

/** From the ground up: each folder imports from its own row or an earlier one only. */
const LAYERS = [
  ['otel'],
  ['runtime', 'traces'],
  ['scenarios'],
  ['services'],
  ['dashboards'],
  ['lab'],
  ['bench', 'tests'],
];

const importsOf = ({ path, text }: (typeof sources)[number]) =>
  [...text.matchAll(/(?:from |import |import\()'([^']+)'/g)].map(([, name = '']) =>
    name.startsWith('.') ? normalize(join(dirname(path), name)) : name,
  );

test('services never import each other', () => {
  const wrong = code.flatMap((file) => {
    const [, own] = /^services\/(\w+)\//.exec(file.path) ?? [];
    const others = importsOf(file).filter(
      (path) => /^services\/(?!addresses)\w+\//.test(path) && !path.startsWith(`services/${own}/`),
    );
    return own ? others.map((path) => `${file.path} imports ${path}`) : [];
  });
  expect(wrong).toEqual([]);
});

test('imports run one way: otel → runtime, traces → scenarios → services → dashboards → lab → bench, tests', () => {
  const layerOf = (path: string) =>
    LAYERS.findIndex((folders) => folders.some((folder) => path.startsWith(`${folder}/`)));
  const wrong = code.flatMap((file) =>
    importsOf(file)
      .filter((path) => layerOf(path) > layerOf(file.path))
      .map((path) => `${file.path} imports ${path}`),
  );
  expect(wrong).toEqual([]);
});

test('no file imports itself by way of others, not even for a type', () => {
  const graph = new Map(sources.map((file) => [file.path, importsOf(file)]));
  expect(circlesIn(graph)).toEqual([]);
});

test('a circle of imports is found, and told from the first of its files', () => {
  const graph = {
    'a.ts': ['b.ts', 'x.ts'],
    'b.ts': ['c.ts'],
    'c.ts': ['d.ts', 'b.ts'],
    'd.ts': ['d.ts'],
    'x.ts': ['d.ts'],
  };
  expect(circlesIn(new Map(Object.entries(graph)))).toEqual(['d.ts → d.ts', 'b.ts → c.ts → b.ts']);
});

/** Each circle of imports once, as `a.ts → b.ts → a.ts`: a walk in depth, which meets a file again that it has not left yet. */
function circlesIn(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const circles: string[] = [];
  const left = new Set<string>();
  const walk = (path: string, way: readonly string[]) => {
    const met = way.indexOf(path);
    if (met >= 0) circles.push([...way.slice(met), path].join(' → '));
    if (met >= 0 || left.has(path)) return;
    for (const next of graph.get(path) ?? []) walk(next, [...way, path]);
    left.add(path);
  };
  for (const path of graph.keys()) walk(path, []);
  return circles;
}

test('a browser can read traces: no Node API in traces/ but in its client of Jaeger', () => {
  const wrong = code.filter(
    ({ path, text }) =>
      path.startsWith('traces/') &&
      path !== 'traces/jaeger.ts' &&
      /from 'node:|\b(Buffer|process|require)\b[.(]|: Buffer\b/.test(text),
  );
  expect(wrong.map(({ path }) => path)).toEqual([]);
});

test('services and commands use the API of OpenTelemetry; only otel/ and tests have its SDK', () => {
  const wrong = code
    .filter(({ path }) => /^(services|lab)\//.test(path))
    .flatMap((file) =>
      importsOf(file)
        .filter((name) => name.startsWith('@opentelemetry/'))
        .map((name) => `${file.path}: ${name}`),
    )
    .filter((line) => !/: @opentelemetry\/(api|semantic-conventions)$/.test(line));
  expect(wrong).toEqual([]);
});

test('services read the environment in config.ts, and main.ts hands it over', () => {
  const wrong = code
    .filter(({ path, text }) => path.startsWith('services/') && /process\.env\b/.test(text))
    .map(({ path }) => path)
    .filter((path) => !/\/(config|main|migrate|collectstatic|check)\.ts$/.test(path));
  expect(wrong).toEqual([]);
});

test('only event.ts adds events to spans', () => {
  const wrong = code.filter(
    ({ path, text }) => /\.(addEvent|recordException)\(/.test(text) && path !== 'otel/event.ts',
  );
  expect(wrong.map(({ path }) => path)).toEqual([]);
});

test('no code writes a retired attribute name', () => {
  const retired =
    /'(http\.(method|url|status_code|target|host|scheme|flavor)|net\.[a-z_.]+|db\.(statement|system|name|operation)|code\.(function|filepath|lineno))'/;
  const wrong = code.filter(({ text }) => retired.test(text)).map(({ path }) => path);
  expect(wrong).toEqual([]);
});

test('every service has the same files', () => {
  const expected = SERVICE_NAMES.flatMap((name) =>
    ['main.ts', 'config.ts', 'server.ts', 'errors.ts', 'README.md'].map((file) => `services/${name}/${file}`),
  );
  expect(expected.filter((path) => globSync(path, { cwd: ROOT }).length === 0)).toEqual([]);
});

test('every variable of a service stands in its man page', () => {
  const missing = SERVICE_NAMES.flatMap((name) => {
    const page = readFileSync(join(ROOT, `services/${name}/README.md`), 'utf8');
    const config = readFileSync(join(ROOT, `services/${name}/config.ts`), 'utf8');
    const variables = new Set(config.match(/\bWAYBILL_[A-Z_]+\b/g));
    return [...variables].filter((variable) => !page.includes(variable)).map((variable) => `${name}: ${variable}`);
  });
  expect(missing).toEqual([]);
});

test('what a body may be is made of object() and table(), which take no array and no __proto__', () => {
  const wrong = code.filter(
    ({ path, text }) =>
      /^(services|runtime)\//.test(path) &&
      /\bv\.(\w*[oO]bject|record)\(/.test(text) &&
      path !== 'runtime/control/schema.ts',
  );
  expect(wrong.map(({ path }) => path)).toEqual([]);
});
