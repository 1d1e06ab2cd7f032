// From a path to a view: the patterns are tried from top to bottom, the first match wins. The span has an event for each.

import { ATTR_HTTP_ROUTE } from '@opentelemetry/semantic-conventions';
import { app } from '../../../../otel/contract/index.ts';
import { ATTR_PATTERN, ATTR_PATTERN_OUTCOME } from '../../../../otel/contract/names.ts';
import { addSpanEvent } from '../../../../otel/event.ts';
import { inSpan } from '../../../../otel/span.ts';
import { NotFound } from '../http/errors.ts';
import type { Params, Route, UrlNode } from './path.ts';

/** A pattern that was tried, and its outcome: `matched`, or why not. */
export type Tried = { pattern: string; outcome: string };

export type Match = { route: string; name: string; view: Route['view']; params: Params };

export type Resolution = { match: Match | undefined; tried: Tried[] };

/** 404: no pattern matches; with those that were tried, for the error page. */
export class NoPattern extends NotFound {
  readonly tried: readonly Tried[];

  constructor(tried: readonly Tried[]) {
    super('No URL pattern matches this path.');
    this.tried = tried;
  }
}

/** Resolves `path` (with its leading slash), with every pattern that was tried. */
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

/** Whether any pattern matches `path`. */
export function matches(urls: readonly UrlNode[], path: string): boolean {
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
    const result = node.match(rest);
    if ('mismatch' in result) {
      tried.push({ pattern, outcome: result.mismatch });
      continue;
    }
    const params = { ...outer, ...result.params };
    if ('view' in node) {
      tried.push({ pattern, outcome: 'matched' });
      return { route: pattern, name: node.name, view: node.view, params };
    }
    const match = walk(node.children, rest.slice(result.length), pattern, params, tried);
    if (match) return match;
  }
  return undefined;
}
