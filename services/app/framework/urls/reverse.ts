// From the name of a pattern to a path: Django's reverse.

import type { Params, UrlNode } from './path.ts';

/** The path of the pattern called `name`, with `params`. Throws an Error if there is none with these parameters. */
export function reverse(urls: readonly UrlNode[], name: string, params: Params = {}): string {
  const found = write(urls, name, params, '/', []);
  if (found === undefined) {
    throw new Error(`No pattern is called "${name}" and takes (${Object.keys(params).join(', ')}).`);
  }
  return found;
}

function write(
  nodes: readonly UrlNode[],
  name: string,
  params: Params,
  prefix: string,
  used: readonly string[],
): string | undefined {
  for (const node of nodes) {
    if ('view' in node && node.name !== name) continue;
    const written = node.write(params);
    if (written === undefined) continue;
    const all = [...used, ...written.used];
    if ('children' in node) {
      const found = write(node.children, name, params, prefix + written.path, all);
      if (found !== undefined) return found;
    } else if (Object.keys(params).every((param) => all.includes(param))) return prefix + written.path;
  }
  return undefined;
}

/** All routes of a list, those of included lists too. */
export function routesOf(nodes: readonly UrlNode[]): Extract<UrlNode, { view: unknown }>[] {
  return nodes.flatMap((node) => ('view' in node ? [node] : routesOf(node.children)));
}
