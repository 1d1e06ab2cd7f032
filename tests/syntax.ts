// What a source file says, from its syntax tree: comments and strings that look like code do not count. The parser is oxc's, which
// vite brings.

import { dirname, join, normalize } from 'node:path';
import { parseSync } from 'vite';

export type Syntax = {
  /** What it imports, types too: a path from the root for its own files, else the package. */
  imports: string[];
  /** Chains of names that it uses: `process.env`, `v.object`, `.addEvent` of anything else. */
  uses: Set<string>;
  /** Values of its string literals. */
  strings: Set<string>;
};

type Node = { type: string } & Record<string, unknown>;

/** Reads the file at `path` (from the root) with this text. Throws an Error with the first syntax error. */
export function readSyntax(path: string, text: string): Syntax {
  const { program, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`);
  const found: Syntax = { imports: [], uses: new Set(), strings: new Set() };
  const importFrom = (source: unknown) => {
    const name = (source as { value?: unknown } | null)?.value;
    if (typeof name !== 'string') return;
    found.imports.push(name.startsWith('.') ? normalize(join(dirname(path), name)) : name);
  };
  visit(program as unknown as Node, (node) => {
    if (/^(Import|ExportNamed|ExportAll)Declaration$|^(ImportExpression|TSImportType)$/.test(node.type)) {
      importFrom(node.source ?? node.argument);
    }
    if (node.type === 'Identifier') found.uses.add(node.name as string);
    if (node.type === 'Literal' && typeof node.value === 'string') found.strings.add(node.value);
    if (node.type === 'MemberExpression') found.uses.add(chainOf(node));
    if (node.type === 'VariableDeclarator') for (const name of takenOut(node)) found.uses.add(name);
    if (node.type === 'ImportDeclaration') for (const name of takenIn(node)) found.uses.add(name);
  });
  return found;
}

export type Range = { start: number; end: number };

/** Where comments and texts stand in the file at `path`: string and template literals, regular expressions, and text of JSX. */
export function readTexts(path: string, text: string): { comments: Range[]; strings: Range[] } {
  const { program, comments } = parseSync(path, text);
  const strings: Range[] = [];
  visit(program as unknown as Node, (node) => {
    const isText = node.type === 'Literal' && (typeof node.value === 'string' || node.regex !== undefined);
    if (isText || node.type === 'TemplateElement' || node.type === 'JSXText') strings.push(node as unknown as Range);
  });
  return { comments, strings };
}

function visit(node: Node, each: (node: Node) => void): void {
  each(node);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof (child as Node | null)?.type === 'string') visit(child as Node, each);
    }
  }
}

/** `process.env` of `process.env`, `process['env']` and `globalThis.process.env`; `.name` where it is not taken of a plain name. */
function chainOf({ object, property, computed }: Node): string {
  const { type, name, property: last } = object as Node;
  const key = property as Node;
  const own = computed ? (key.type === 'Literal' ? String(key.value) : '[]') : String(key.name);
  const of = type === 'Identifier' ? String(name) : type === 'MemberExpression' ? String((last as Node).name) : '';
  return `${of}.${own}`;
}

/** `process.env` of `const { env } = process`. */
function takenOut({ id, init }: Node): string[] {
  const [pattern, of] = [id as Node, init as Node | null];
  if (pattern.type !== 'ObjectPattern' || of?.type !== 'Identifier') return [];
  const keys = (pattern.properties as Node[]).flatMap(({ key }) => (key ? [String((key as Node).name)] : []));
  return keys.map((key) => `${of.name}.${key}`);
}

/** `process.env` of `import { env } from 'node:process'`. */
function takenIn({ source, specifiers }: Node): string[] {
  const [, builtin] = /^node:(\w+)$/.exec(String((source as Node).value)) ?? [];
  if (builtin === undefined) return [];
  return (specifiers as Node[]).flatMap(({ imported }) => (imported ? [`${builtin}.${(imported as Node).name}`] : []));
}
