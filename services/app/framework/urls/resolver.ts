// From a path to a view: the list of patterns is checked from top to bottom, and the first that fits wins. Its span tells each.

import { ATTR_HTTP_ROUTE } from '@opentelemetry/semantic-conventions';
import { app } from '../../../../otel/contract/index.ts';
import { ATTR_PATTERN, ATTR_PATTERN_OUTCOME } from '../../../../otel/contract/names.ts';
import { addSpanEvent } from '../../../../otel/event.ts';
import { inSpan } from '../../../../otel/span.ts';
import { NotFound } from '../http/errors.ts';
import type { Params, Route, UrlNode } from './path.ts';

/** A pattern that was looked at, and what came of it: `matched`, or why not. */
export type Tried = { pattern: string; name: string | undefined; outcome: string };

export type Match = { route: string; name: string; view: Route['view']; params: Params };

export type Resolution = { match: Match | undefined; tried: Tried[] };

/** 404: no pattern fits; carries those that were tried, for the page that says so. */
export class NoPattern extends NotFound {
  readonly tried: readonly Tried[];

  constructor(tried: readonly Tried[]) {
    super('No pattern fits this address.');
    this.tried = tried;
  }
}

/** Resolves `path` (with its leading slash); tells every pattern that it tried on the way. */
export function resolve(urls: readonly UrlNode[], path: string): Resolution {
  return inSpan(app.urlresolver, {}, (span) => {
    const tried: Tried[] = [];
    const match = walk(urls, path.slice(1), '/', {}, tried);
    for (const { pattern, outcome } of tried) {
      addSpanEvent(span, 'pattern tried', { [ATTR_PATTERN]: pattern, [ATTR_PATTERN_OUTCOME]: outcome });
    }
    if (match) span.setAttribute(ATTR_HTTP_ROUTE, match.route);
    return { match, tried };
  });
}

/** Whether any pattern fits `path`. */
export function fits(urls: readonly UrlNode[], path: string): boolean {
  return walk(urls, path.slice(1), '/', {}, []) !== undefined;
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
