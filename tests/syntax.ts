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

/** Attributes of JSX whose value is read by people. */
const SHOWN_ATTRIBUTES = new Set(['alt', 'aria-label', 'aria-valuetext', 'label', 'placeholder', 'says', 'title']);
const isWord = (text: string) => /\p{Letter}{2}/u.test(text);
const isSentence = (text: string) => /(\p{Letter}{2,} ){2}\p{Letter}{2,}/u.test(text);

/** The words that the TypeScript or TSX at `path` itself shows to people: text of elements (`<code>` apart), of such attributes, and any string of three words. */
export function readShownTexts(path: string, text: string): string[] {
  const { program } = parseSync(path, text);
  const found: string[] = [];
  const stringsIn = (node: Node, isShown: (text: string) => boolean) =>
    visit(node, ({ type, value }) => {
      const words = type === 'TemplateElement' ? (value as { raw: string }).raw : value;
      if ((type === 'Literal' || type === 'TemplateElement') && typeof words === 'string' && isShown(words))
        found.push(words);
    });
  const elements = (node: Node) => {
    const name = (of: unknown) => String((of as Node | undefined)?.name);
    if (node.type === 'JSXElement' && name((node.openingElement as Node).name) === 'code') return;
    if (node.type === 'JSXText' && isWord(String(node.value))) found.push(String(node.value).trim());
    if (node.type === 'JSXAttribute' && SHOWN_ATTRIBUTES.has(name(node.name))) return stringsIn(node, isWord);
    if (node.type === 'JSXAttribute' && name(node.name) === 'class') return;
    if (node.type === 'Literal' || node.type === 'TemplateElement') return stringsIn(node, isSentence);
    for (const child of childrenOf(node)) elements(child);
  };
  elements(program as unknown as Node);
  return found;
}

function visit(node: Node, each: (node: Node) => void): void {
  each(node);
  for (const child of childrenOf(node)) visit(child, each);
}

function childrenOf(node: Node): Node[] {
  return Object.values(node)
    .flat()
    .filter((child) => typeof (child as Node | null)?.type === 'string') as Node[];
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
