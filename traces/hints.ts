// What in a trace makes a page slow though no span failed, each as one sentence with the spans it means: the same query many times
// (N + 1), a slow template, middleware that works twice.

import { findSpec } from '../otel/contract/index.ts';
import { ATTR_MIDDLEWARE_PHASE } from '../otel/contract/names.ts';
import { time } from '../otel/contract/phrases.ts';
import { isDatabaseCall, isIncoming, querySummary, queryText } from './conventions.ts';
import { foreignRole, isSilentApp } from './foreign.ts';
import { mapKindOf } from './map/visited.ts';
import type { TraceSpan } from './model.ts';
import { selfTime, timeOf } from './self-time.ts';
import { stageOf } from './stages.ts';
import { short, titleOf } from './titles.ts';
import { type SpanNode, type Tree, treeOf, upwards } from './tree.ts';

export type Hint = {
  kind: 'n-plus-1' | 'slow-template' | 'middleware' | 'no-spans';
  text: string;
  nodes: SpanNode[];
};

/** So many times a statement below one request is a hint. */
const MIN_QUERIES = 3;
/** A template is slow from this time (ms) and this share of its request on. */
const SLOW_TEMPLATE_MS = 10;
const SLOW_TEMPLATE_SHARE = 0.3;

/** What is found in a trace, the most expensive first; nothing in most. */
export function hintsIn({ nodes }: Pick<Tree, 'nodes'>): Hint[] {
  if (mapKindOf({ nodes }) === 'deployment') return []; // migrations fill tables row by row
  const found = [...repeatedQueries(nodes), ...slowTemplates(nodes), ...repeatedMiddleware(nodes)];
  found.sort((a, b) => timeTogether(b.nodes) - timeTogether(a.nodes));
  return [...found, ...silentApps(nodes)];
}

/** The same, as sentences. */
export function hintSentences(spans: readonly TraceSpan[]): string[] {
  return hintsIn(treeOf(spans)).map(({ text }) => text);
}

/** A statement without its values, by which two queries are the same: `… WHERE id = ?`. */
export function statementShape(text: string): string {
  return text
    .replace(/'(?:[^']|'')*'|\/\*[\s\S]*?\*\/|--.*$/gm, (part) => (part.startsWith("'") ? '?' : ' '))
    .replace(/\$\d+|%\(\w+\)s|%s|(?<!:):\w+|\b(?:0x[\da-f]+|\d+(?:\.\d+)?(?:e[+-]?\d+)?)\b/gi, '?')
    .replace(/\(\s*\?(?:\s*,\s*\?)*\s*\)/g, '(?)')
    .replace(/\s+/g, ' ')
    .trim();
}

function repeatedQueries(nodes: readonly SpanNode[]): Hint[] {
  const queries = nodes.filter(({ span }) => isDatabaseCall(span.attributes) && !isAside(span));
  const groups = Map.groupBy(queries, (node) => JSON.stringify([requestOf(node).key, statementOf(node.span)]));
  return [...groups.values()]
    .filter((group) => group.length >= MIN_QUERIES)
    .map((group): Hint => {
      const [first] = group as [SpanNode];
      const statement = shortened(statementOf(first.span));
      const above = commonAncestor(group);
      const below = above ? ` below “${titleOf(above.span)}”` : '';
      const text = `N + 1: the query “${statement}” runs ${group.length} times${below} (${time({ duration: timeTogether(group) })}). ${adviceFor(first.span)}`;
      return { kind: 'n-plus-1', text, nodes: group };
    });
}

/** Whether a statement reads or changes no table: of a transaction, a setting; `SELECT QUOTE(?)`, which Django's DEBUG adds to each query. */
function isAside(span: TraceSpan): boolean {
  const statement = statementOf(span);
  if (/^(begin|start|commit|rollback|savepoint|release|pragma|set|show)\b/i.test(statement)) return true;
  return /^select\b/i.test(queryText(span.attributes)) && !/\bfrom\b/i.test(statement);
}

/** A query's statement without its values; what it does where its span does not have the statement. */
export function statementOf(span: TraceSpan): string {
  return statementShape(queryText(span.attributes)) || querySummary(span);
}

function adviceFor(span: TraceSpan): string {
  const summary = querySummary(span);
  if (/^select\b/i.test(summary))
    return 'One query can bring all of them along: a join (in Django select_related, or prefetch_related).';
  if (/^(insert|update|delete)\b/i.test(summary))
    return 'One statement can change all the rows (in Django bulk_create, bulk_update, or update on the query set).';
  return 'One call for all of them would wait only once.';
}

function slowTemplates(nodes: readonly SpanNode[]): Hint[] {
  const templates = new Set(nodes.filter((node) => stageOf(node, node.span.start) === 'template'));
  const outermost = [...templates].filter(({ parent }) => parent === null || !templates.has(parent));
  return outermost.flatMap((node): Hint[] => {
    const { duration } = node.span;
    const share = duration / (requestOf(node).span.duration || duration);
    if (duration < SLOW_TEMPLATE_MS || share < SLOW_TEMPLATE_SHARE) return [];
    const { worked, waited } = selfTime(node);
    const queries = descendants(node).filter(({ span }) => isDatabaseCall(span.attributes)).length;
    const why =
      queries > 0 && waited > worked
        ? ` ${time({ duration: waited })} of it are ${queries} ${queries === 1 ? 'query' : 'queries'} that it makes.`
        : '';
    const text = `Slow template: “${titleOf(node.span)}” takes ${time(node.span)}, ${Math.round(100 * share)} % of the request.${why}`;
    return [{ kind: 'slow-template', text, nodes: [node] }];
  });
}

function repeatedMiddleware(nodes: readonly SpanNode[]): Hint[] {
  const middleware = nodes.filter(isMiddleware);
  const groups = Map.groupBy(middleware, (node) => {
    const { name, attributes } = node.span;
    return JSON.stringify([requestOf(node).key, name, attributes[ATTR_MIDDLEWARE_PHASE]]);
  });
  return [...groups.values()]
    .filter((group) => group.length > 1)
    .map((group): Hint => {
      const [first] = group as [SpanNode];
      const text = `The middleware “${titleOf(first.span)}” works ${group.length} times for one request (${time({ duration: timeTogether(group) })}): is it listed twice?`;
      return { kind: 'middleware', text, nodes: group };
    });
}

function isMiddleware(node: SpanNode): boolean {
  const spec = findSpec(node.span);
  // Express names every anonymous function the same.
  if (spec === undefined) return foreignRole(node) === 'middleware' && !/anonymous/.test(node.span.name);
  return spec.place === 'middleware';
}

function silentApps(nodes: readonly SpanNode[]): Hint[] {
  return nodes.filter(isSilentApp).map((node) => ({
    kind: 'no-spans',
    text: 'Your app left no spans of its own: what it does inside is not shown. Start it with --instrument to see its view, its queries and what it calls.',
    nodes: [node],
  }));
}

/** The request that a span is a part of: the nearest span above that handles one, in any process. */
function requestOf(node: SpanNode): SpanNode {
  let root = node;
  for (const each of upwards(node)) {
    root = each;
    if (each !== node && isIncoming(each.span)) break;
  }
  return root;
}

/** The innermost span above all of `nodes`; undefined without one. */
function commonAncestor(nodes: readonly SpanNode[]): SpanNode | undefined {
  let common = nodes[0]?.parent ?? null;
  for (const { parent } of nodes) {
    let other = parent;
    while (common !== other) {
      const deeper: SpanNode | null = (common?.depth ?? -1) > (other?.depth ?? -1) ? common : other;
      if (deeper === common) common = common?.parent ?? null;
      else other = other?.parent ?? null;
    }
  }
  return common ?? undefined;
}

function descendants({ children }: SpanNode): SpanNode[] {
  const all = [...children];
  for (const each of all) for (const child of each.children) all.push(child);
  return all;
}

function timeTogether(nodes: readonly SpanNode[]): number {
  return timeOf(nodes.map(({ span }) => span));
}

/** What a statement is known by: a list of columns is left out. */
function shortened(statement: string): string {
  return short(statement.replace(/^(select) .{40,}? (?=from\b)/i, '$1 … '), 120);
}
