// Holds a trace against the tree of spans that a scenario expects: exactly these spans, their kinds, parents, attributes.
// Spans of other scopes (auto-instrumentation that somebody switched on) are listed as extra and otherwise looked through.

import { ATTR_ERROR_TYPE } from '@opentelemetry/semantic-conventions';
import * as gateway from '../otel/contract/gateway.ts';
import { ATTR_WAY } from '../otel/contract/names.ts';
import * as router from '../otel/contract/router.ts';
import { keyOf, SCOPE } from '../otel/contract/spec.ts';
import { type Expected, flatten } from './expected.ts';
import { childrenOf, rootsOf, type TraceSpan } from './model.ts';

/** What a trace lacks, and what it has that it should not have, one sentence each; all empty lists but `extra`: it is right. */
export type Verdict = { missing: string[]; unexpected: string[]; extra: string[] };

/** Judges `spans` (one trace) against `expected`. */
export function judge(expected: Expected, spans: readonly TraceSpan[]): Verdict {
  const verdict: Verdict = { missing: [], unexpected: [], extra: [] };
  verdict.extra = spans.filter((span) => span.scope !== SCOPE).map(label);

  const own = withoutOthers(spans);
  const [root, ...orphans] = rootsOf(own);
  if (root === undefined || !matches(expected, root)) {
    verdict.missing.push(...flatten(expected).map(expectedLabel));
    verdict.unexpected.push(...own.map(label));
    return verdict;
  }
  // Of a lost worker's spans those between may be lost that would tie the others to its attempt.
  const mayBeTorn = own.some(lostItsWorker);
  for (const orphan of orphans.filter(({ service }) => !(mayBeTorn && service === 'app'))) {
    verdict.unexpected.push(`${label(orphan)}: a second root, or its parent is not there`);
  }
  if (root.parentSpanId !== null && !expected.spec.parents.includes('root')) {
    verdict.unexpected.push(`${label(root)}: its parent is not there`);
  }
  compare(expected, root, own, verdict);
  return verdict;
}

function compare(expected: Expected, actual: TraceSpan, spans: readonly TraceSpan[], verdict: Verdict): void {
  compareAttributes(expected, actual, verdict);
  const left = [...childrenOf(actual, spans)];
  if (keyOf(expected.spec) === keyOf(gateway.attempt) && lostItsWorker(actual)) return;

  for (const child of expected.children) {
    if (isPassedBy(child, actual)) continue;
    const found = left.findIndex((span) => matches(child, span));
    const [span] = found === -1 ? [] : left.splice(found, 1);
    if (span) compare(child, span, spans, verdict);
    else verdict.missing.push(...flatten(child).map((each) => `${expectedLabel(each)}, below ${label(actual)}`));
  }
  for (const span of left) {
    for (const each of [span, ...descendants(span, spans)]) {
      verdict.unexpected.push(`${label(each)}, below ${label(actual)}`);
    }
  }
}

/** Letters can be sent directly, by a switch that no scenario sets: then there are no post offices on the way. */
function isPassedBy({ spec }: Expected, above: TraceSpan): boolean {
  return spec === router.forward && above.attributes[ATTR_WAY] === 'direct';
}

function compareAttributes({ spec, attributes }: Expected, actual: TraceSpan, { missing, unexpected }: Verdict): void {
  for (const name of Object.keys(spec.attributes)) {
    if (!(name in actual.attributes)) missing.push(`${label(actual)}: attribute ${name}`);
  }
  for (const name of Object.keys(actual.attributes)) {
    if (!(name in spec.attributes) && !(name in spec.sometimes)) unexpected.push(`${label(actual)}: attribute ${name}`);
  }
  for (const [name, value] of Object.entries(attributes)) {
    if (JSON.stringify(actual.attributes[name]) !== JSON.stringify(value)) {
      unexpected.push(
        `${label(actual)}: ${name} is ${JSON.stringify(actual.attributes[name])}, not ${JSON.stringify(value)}`,
      );
    }
  }
  for (const { name } of actual.events) {
    if (name !== 'exception' && !spec.events.includes(name)) unexpected.push(`${label(actual)}: event ${name}`);
  }
}

function lostItsWorker({ service, attributes }: TraceSpan): boolean {
  return service === gateway.attempt.service && attributes[ATTR_ERROR_TYPE] === 'worker_lost';
}

function matches({ spec, name }: Expected, span: TraceSpan): boolean {
  return span.service === spec.service && span.name === name && span.kind === spec.kind;
}

function descendants(span: TraceSpan, spans: readonly TraceSpan[]): TraceSpan[] {
  return childrenOf(span, spans).flatMap((child) => [child, ...descendants(child, spans)]);
}

/** The lab's own spans, each hung below its nearest ancestor of the lab's own. */
function withoutOthers(spans: readonly TraceSpan[]): TraceSpan[] {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const ownParent = (span: TraceSpan): string | null => {
    const parent = byId.get(span.parentSpanId ?? '');
    return parent === undefined || parent.scope === SCOPE ? span.parentSpanId : ownParent(parent);
  };
  return spans.filter((span) => span.scope === SCOPE).map((span) => ({ ...span, parentSpanId: ownParent(span) }));
}

function label(span: TraceSpan): string {
  return `${span.service} ${span.name}`;
}

function expectedLabel({ spec, name }: Expected): string {
  return `${spec.service} ${name}`;
}
