// Compares a trace with the tree of spans that a scenario expects: exactly these spans, their kinds, parents, attributes.
// Spans of other scopes (auto-instrumentation) are listed as extra, and skipped.

import { ATTR_ERROR_TYPE } from '@opentelemetry/semantic-conventions';
import * as gateway from '../otel/contract/gateway.ts';
import { ATTR_BAGGAGE_LEARNER, ATTR_LEARNER, ATTR_ROUTE } from '../otel/contract/names.ts';
import * as router from '../otel/contract/router.ts';
import { keyOf, SCOPE } from '../otel/contract/spec.ts';
import { type Expected, flatten } from './expected.ts';
import { shownName, type TraceSpan } from './model.ts';
import { type SpanNode, treeOf } from './tree.ts';

/** What is missing from a trace, and what is unexpected in it, one sentence each; it is right when both lists are empty. */
export type Verdict = { missing: string[]; unexpected: string[]; extra: string[] };

/** The maximum length of a list. */
const MAX_SENTENCES = 1000;

/** Judges `spans` (one trace) against `expected`. */
export function judge(expected: Expected, spans: readonly TraceSpan[]): Verdict {
  const extra = spans.filter((span) => span.scope !== SCOPE).map(label);
  const verdict: Verdict = { missing: [], unexpected: [], extra };
  judgeTree(expected, withoutOthers(spans), verdict);
  return { missing: bounded(verdict.missing), unexpected: bounded(verdict.unexpected), extra: bounded(extra) };
}

function judgeTree(expected: Expected, own: readonly TraceSpan[], verdict: Verdict): void {
  const { roots, nodes } = treeOf(own);
  const [root, ...orphans] = roots;
  if (root === undefined || !matches(expected, root.span)) {
    verdict.missing.push(...flatten(expected).map(expectedLabel));
    for (const { span } of nodes) verdict.unexpected.push(label(span));
    return;
  }
  // When a worker is lost, spans between its others and the attempt may be missing.
  const mayBeTorn = own.some(lostItsWorker);
  for (const { span } of orphans.filter((orphan) => !(mayBeTorn && orphan.span.service === 'app'))) {
    verdict.unexpected.push(`${label(span)}: a second root, or its parent is missing`);
  }
  if (root.span.parentSpanId !== null && !expected.spec.parents.includes('root')) {
    verdict.unexpected.push(`${label(root.span)}: its parent is missing`);
  }
  compare(expected, root, verdict);
}

function compare(expected: Expected, { span: actual, children }: SpanNode, verdict: Verdict): void {
  compareAttributes(expected, actual, verdict);
  const left = [...children];
  if (keyOf(expected.spec) === keyOf(gateway.attempt) && lostItsWorker(actual)) return;

  for (const child of expected.children) {
    if (isPassedBy(child, actual)) continue;
    // Of several of one name (the files of a page) the one with the right attributes.
    const exact = left.findIndex(({ span }) => matches(child, span) && hasAttributes(child, span));
    const found = exact === -1 ? left.findIndex(({ span }) => matches(child, span)) : exact;
    const [node] = found === -1 ? [] : left.splice(found, 1);
    if (node) compare(child, node, verdict);
    else verdict.missing.push(...flatten(child).map((each) => `${expectedLabel(each)}, below ${label(actual)}`));
  }
  for (const node of left) {
    for (const each of withDescendants(node)) verdict.unexpected.push(`${label(each.span)}, below ${label(actual)}`);
  }
}

/** Requests can be sent directly (a setting that no scenario uses): then no routers are on the way. */
function isPassedBy({ spec }: Expected, above: TraceSpan): boolean {
  return spec === router.forward && above.attributes[ATTR_ROUTE] === 'direct';
}

/** With WAYBILL_LEARNER every span has its name (otel/learner.ts). */
const OF_ANY_SPAN: ReadonlySet<string> = new Set([ATTR_LEARNER, ATTR_BAGGAGE_LEARNER]);

function compareAttributes({ spec, attributes }: Expected, actual: TraceSpan, { missing, unexpected }: Verdict): void {
  for (const name of Object.keys(spec.attributes)) {
    if (!Object.hasOwn(actual.attributes, name)) missing.push(`${label(actual)}: attribute ${name}`);
  }
  for (const name of Object.keys(actual.attributes)) {
    if (!OF_ANY_SPAN.has(name) && !Object.hasOwn(spec.attributes, name) && !Object.hasOwn(spec.sometimes, name)) {
      unexpected.push(`${label(actual)}: attribute ${name}`);
    }
  }
  for (const [name, value] of Object.entries(attributes)) {
    if (!isSame(actual.attributes[name], value)) {
      unexpected.push(
        `${label(actual)}: ${name} is ${JSON.stringify(actual.attributes[name])}, not ${JSON.stringify(value)}`,
      );
    }
  }
  for (const { name } of actual.events) {
    if (name !== 'exception' && !spec.events.includes(name)) unexpected.push(`${label(actual)}: event ${name}`);
  }
}

function hasAttributes({ attributes }: Expected, actual: TraceSpan): boolean {
  return Object.entries(attributes).every(([name, value]) => isSame(actual.attributes[name], value));
}

function isSame(actual: unknown, expected: unknown): boolean {
  return JSON.stringify(actual) === JSON.stringify(expected);
}

function lostItsWorker({ service, attributes }: TraceSpan): boolean {
  return service === gateway.attempt.service && attributes[ATTR_ERROR_TYPE] === 'worker_lost';
}

function matches({ spec, name }: Expected, span: TraceSpan): boolean {
  return span.service === spec.service && span.name === name && span.kind === spec.kind;
}

function withDescendants(node: SpanNode): SpanNode[] {
  const found = [node];
  for (let index = 0; index < found.length; index++) {
    for (const child of found[index]?.children ?? []) found.push(child);
  }
  return found;
}

/** The lab's own spans, each hung below its nearest ancestor of the lab's own. */
function withoutOthers(spans: readonly TraceSpan[]): TraceSpan[] {
  const above = new Map(treeOf(spans).nodes.map(({ span, parent }) => [span, parent]));
  return spans
    .filter((span) => span.scope === SCOPE)
    .map((span) => {
      let parent = above.get(span);
      let { parentSpanId } = span;
      while (parent && parent.span.scope !== SCOPE) {
        parentSpanId = parent.span.parentSpanId;
        parent = parent.parent;
      }
      return { ...span, parentSpanId };
    });
}

function bounded(sentences: string[]): string[] {
  const rest = sentences.length - MAX_SENTENCES;
  return rest > 0 ? [...sentences.slice(0, MAX_SENTENCES), `and ${rest.toLocaleString('en')} more`] : sentences;
}

function label({ service, name }: TraceSpan): string {
  return `${shownName(service)} ${shownName(name)}`;
}

function expectedLabel({ spec, name }: Expected): string {
  return `${spec.service} ${name}`;
}
