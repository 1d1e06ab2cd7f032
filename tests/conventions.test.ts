// Conventions of the code that can be checked: which folder may import which, where the environment is read, names that are retired. All
// that git knows is read, from its syntax tree (tests/syntax.ts).

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SERVICE_NAMES } from '../otel/contract/services.ts';
import { ROOT } from '../runtime/program.ts';
import { readShownTexts, readSyntax } from './syntax.ts';

const files = (...patterns: string[]) =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', ...patterns], {
    cwd: ROOT,
    encoding: 'utf8',
  })
    .split('\n')
    .filter((path) => path !== '' && !path.includes('/testdata/') && existsSync(join(ROOT, path)));
const sources = files('*.ts', '*.tsx', '*.js', '*.mjs').map((path) => {
  const text = readFileSync(join(ROOT, path), 'utf8');
  return { path, text, ...readSyntax(path, text) };
});
const code = sources.filter(({ path }) => !path.includes('.test.'));

/** From the ground up: each folder imports from its own row or an earlier one only. */
const LAYERS = [
  ['otel'],
  ['runtime', 'traces'],
  ['scenarios'],
  ['services'],
  ['dashboards'],
  ['deploy'],
  ['lab', 'bench/report'],
  ['bench'],
  ['tests'],
];
/** What stands beside the layers: programs of the lessons, and what tools read. */
const BESIDE = /^(lessons\/programs\/|vitest\.config\.ts$)/;

const layerOf = (path: string) =>
  LAYERS.findIndex((folders) => folders.some((folder) => path.startsWith(`${folder}/`)));

test('every source file is in a layer', () => {
  expect(sources.filter(({ path }) => layerOf(path) < 0 && !BESIDE.test(path)).map(({ path }) => path)).toEqual([]);
});

test('services never import each other', () => {
  const wrong = code.flatMap((file) => {
    const [, own] = /^services\/(\w+)\//.exec(file.path) ?? [];
    const others = file.imports.filter(
      (path) => /^services\/(?!addresses)\w+\//.test(path) && !path.startsWith(`services/${own}/`),
    );
    return own ? others.map((path) => `${file.path} imports ${path}`) : [];
  });
  expect(wrong).toEqual([]);
});

test('imports run one way: otel → runtime, traces → scenarios → services → dashboards → lab → bench → tests', () => {
  const wrong = code.flatMap((file) =>
    file.imports.filter((path) => layerOf(path) > layerOf(file.path)).map((path) => `${file.path} imports ${path}`),
  );
  expect(wrong).toEqual([]);
});

test('no file imports itself by way of others, not even for a type', () => {
  const graph = new Map(sources.map((file) => [file.path, file.imports]));
  expect(circlesIn(graph)).toEqual([]);
});

test('a circle of imports is found, and reported from the first of its files', () => {
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
    ({ path, imports, uses }) =>
      path.startsWith('traces/') &&
      path !== 'traces/jaeger.ts' &&
      (imports.some((name) => name.startsWith('node:')) ||
        ['Buffer', 'process', 'require'].some((name) => uses.has(name))),
  );
  expect(wrong.map(({ path }) => path)).toEqual([]);
});

test('services and commands use the API of OpenTelemetry; only otel/ and tests have its SDK', () => {
  const wrong = code
    .filter(({ path }) => /^(services|lab)\//.test(path))
    .flatMap((file) =>
      file.imports.filter((name) => name.startsWith('@opentelemetry/')).map((name) => `${file.path}: ${name}`),
    )
    .filter((line) => !/: @opentelemetry\/(api|semantic-conventions)$/.test(line));
  expect(wrong).toEqual([]);
});

test('process.env is read in config.ts alone', () => {
  const isProduct = ({ path }: { path: string }) =>
    !/^(tests|bench)\/|^lab\/guard\.js$/.test(path) && !BESIDE.test(path);
  const wrong = code
    .filter(isProduct)
    .filter(({ path, uses }) => uses.has('process.env') && !/(^|\/)config\.ts$/.test(path));
  expect(wrong.map(({ path }) => path)).toEqual([]);
});

test('what differs between operating systems is in runtime/platform alone: no /proc, no process.platform elsewhere', () => {
  const isProduct = ({ path }: { path: string }) =>
    !/^(tests|runtime\/platform)\//.test(path) && !path.includes('testdata/') && !BESIDE.test(path);
  const isSystem = (use: string) => /^(process|os)\.(platform|kill|getuid)$|^SYSTEM$/.test(use);
  const wrong = code
    .filter(isProduct)
    .flatMap(({ path, text, uses }) => [
      ...[...uses].filter(isSystem).map((use) => `${path}: ${use}`),
      ...(/[`'"]\/proc\//.test(text) ? [`${path}: /proc`] : []),
    ]);
  // SIGKILL to a process is the same on every system; a pipeline gets SIGINT where there are signals.
  const known =
    /^(bench\/journey|services\/app\/worker\/(faults|watchdog-thread)|lab\/deploy\/developer)\.ts: process\.kill$/;
  expect(wrong.filter((line) => !known.test(line) && line !== 'lab/runner/home.ts: process.getuid')).toEqual([]);
});

test('only event.ts adds events to spans', () => {
  const wrong = code.filter(
    ({ path, uses }) => [...uses].some((use) => /\.(addEvent|recordException)$/.test(use)) && path !== 'otel/event.ts',
  );
  expect(wrong.map(({ path }) => path)).toEqual([]);
});

test('no code writes a retired attribute name', () => {
  const retired =
    /^(http\.(method|url|status_code|target|host|scheme|flavor)|net\.[a-z_.]+|db\.(statement|system|name|operation)|code\.(function|filepath|lineno))$/;
  const isReader = (path: string) => path.startsWith('traces/conventions.'); // of programs that still write them
  const wrong = code.filter(({ path, strings }) => [...strings].some((each) => retired.test(each)) && !isReader(path));
  expect(wrong.map(({ path }) => path)).toEqual([]);
});

test('every service has the same files', () => {
  const expected = SERVICE_NAMES.flatMap((name) =>
    ['main.ts', 'config.ts', 'server.ts', 'errors.ts', 'README.md'].map((file) => `services/${name}/${file}`),
  );
  expect(expected.filter((path) => globSync(path, { cwd: ROOT }).length === 0)).toEqual([]);
});

test('what a body may be is made of object() and table(), which take no array and no __proto__', () => {
  const wrong = code.filter(
    ({ path, uses }) =>
      /^(services|runtime)\//.test(path) &&
      [...uses].some((use) => /^v\.(\w*[oO]bject|record)$/.test(use)) &&
      path !== 'runtime/control/schema.ts',
  );
  expect(wrong.map(({ path }) => path)).toEqual([]);
});

test('no line of Markdown is longer than 160 characters, tables, programs and checks apart', () => {
  const isMade = (path: string) => /^(bench\/RESULTS|docs\/spans)\.md$/.test(path);
  const wrong = files('*.md')
    .filter((path) => !isMade(path))
    .flatMap((path) =>
      readFileSync(join(ROOT, path), 'utf8')
        .replace(/^---[\s\S]*?^---|^ *```[\s\S]*?```/gm, (program) => program.replace(/[^\n]/g, ''))
        .split('\n')
        .flatMap((line, index) => (line.length > 160 && !line.startsWith('|') ? [`${path}:${index + 1}`] : [])),
    );
  expect(wrong).toEqual([]);
});

test('no text file has the markers of a merge conflict', () => {
  const args = ['grep', '--untracked', '-lIE', '^(<{7}|>{7})'];
  const { status, stdout } = spawnSync('git', args, { cwd: ROOT, encoding: 'utf8' });
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' }); // 1: none found
});

test('a script of package.json is one command, so that signals arrive', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  expect(Object.values(scripts).filter((script) => /&&|\|\||;/.test(script))).toEqual([]);
});

test('what the page says stands in its catalogue of texts', () => {
  const isView = ({ path }: { path: string }) => /^dashboards\/journey\/source\/(?!texts\/)/.test(path);
  // A name, methods of HTTP, and what a browser's developer alone reads.
  const isName = (text: string) => /^(Waybill|GET|HEAD|POST)$/.test(text);
  const wrong = code
    .filter(isView)
    .flatMap(({ path, text }) => readShownTexts(path, text).map((shown) => ({ path, shown })));
  expect(wrong.filter(({ shown }) => !isName(shown))).toEqual([]);
});

test('a text that a view shows is found: in an element, in an attribute, in a sentence; code and classes are not', () => {
  const view = `const a = <p class="one two three" title={b ? 'Close' : c}>Two words <code>npm start</code>{\`\${d} of the lot\`}</p>;`;
  expect(readShownTexts('a.tsx', view)).toEqual(['Close', 'Two words', ' of the lot']);
});

test('a convention reads code, not what looks like it', () => {
  const { imports, uses, strings } = readSyntax(
    'lab/a.ts',
    `// import './b.ts'; process.env
    import type { B } from '../otel/b.ts'; export * from './c.ts'; type D = import('./d.ts').D;
    const { env } = process; const text = 'process.argv'; await import('./e.ts');`,
  );
  expect(imports).toEqual(['otel/b.ts', 'lab/c.ts', 'lab/d.ts', 'lab/e.ts']);
  expect([uses.has('process.env'), uses.has('process.argv'), strings.has('process.argv')]).toEqual([true, false, true]);
});
