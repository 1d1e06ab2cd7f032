// From a path to a view: the list of patterns is checked from top to bottom, and the first that fits wins.

import type { Params, Route, UrlNode } from './path.ts';

/** A pattern that was looked at, and what came of it: `matched`, or why not. */
export type Tried = { pattern: string; name: string | undefined; outcome: string };

export type Match = { route: string; name: string; view: Route['view']; params: Params };

export type Resolution = { match: Match | undefined; tried: Tried[] };

/** Resolves `path` (with its leading slash); tells every pattern that it tried on the way. */
export function resolve(urls: readonly UrlNode[], path: string): Resolution {
  const tried: Tried[] = [];
  return { match: walk(urls, path.slice(1), '/', {}, tried), tried };
}

/** Whether any pattern fits `path`. */
export function fits(urls: readonly UrlNode[], path: string): boolean {
  return resolve(urls, path).match !== undefined;
}

function walk(
  nodes: readonly UrlNode[],
  rest: string,
  prefix: string,
  outer: Params,
  tried: Tried[],
): Match | undefined {
  for (const node of nodes) {
    const pattern = prefix + node.pattern;
    const taken = node.take(rest);
    if ('why' in taken) {
      tried.push({ pattern, name: nameOf(node), outcome: taken.why });
      continue;
    }
    const params = { ...outer, ...taken.params };
    if ('view' in node) {
      tried.push({ pattern, name: node.name, outcome: 'matched' });
      return { route: pattern, name: node.name, view: node.view, params };
    }
    const match = walk(node.children, rest.slice(taken.length), pattern, params, tried);
    if (match) return match;
  }
  return undefined;
}

function nameOf(node: UrlNode): string | undefined {
  return 'view' in node ? node.name : undefined;
}
