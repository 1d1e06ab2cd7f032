// The contract: every span of the lab, in the order of a journey. The single source of truth for code, tests and docs.

import * as app from './app.ts';
import * as deployment from './deployment.ts';
import * as dns from './dns.ts';
import * as gateway from './gateway.ts';
import * as proxy from './proxy.ts';
import * as router from './router.ts';
import { type RecordedSpan, SCOPE, type SpanSpec } from './spec.ts';
import * as visitor from './visitor.ts';

export { app, deployment, dns, gateway, proxy, router, visitor };

/** Every kind of span of a journey. */
export const spans: readonly SpanSpec[] = [
  ...visitor.spans,
  ...dns.spans,
  ...router.spans,
  ...proxy.spans,
  ...gateway.spans,
  ...app.spans,
];

/** Every kind of span of a deployment. */
export const deploymentSpans: readonly SpanSpec[] = deployment.spans;

/** The contract's entry for a recorded span; undefined for one that is not the lab's own, by its service or its scope. */
export function findSpec(span: Recorded): SpanSpec | undefined {
  if (!found.has(span)) found.set(span, specOf(span));
  return found.get(span);
}

/** Each view asks for the same spans, many times. */
const found = new WeakMap<Recorded, SpanSpec | undefined>();

function specOf({ service, kind, name, scope = SCOPE }: Recorded): SpanSpec | undefined {
  if (scope !== SCOPE) return undefined;
  return byKind.get(`${kind} ${service}`)?.find(({ pattern }) => pattern.test(name))?.spec;
}

type Recorded = Pick<RecordedSpan, 'service' | 'kind' | 'name'> & { scope?: string };

const byKind = Map.groupBy(
  [...spans, ...deploymentSpans].map((spec) => ({ spec, pattern: patternOf(spec) })),
  ({ spec: { kind, service } }) => `${kind} ${service}`,
);

function patternOf({ name }: SpanSpec): RegExp {
  return new RegExp(`^${name.replace(/ ?\{\w+\}/g, '.*')}$`, 's');
}
