// The contract: every span of the lab, in the order of a journey. The single source of truth for code, tests and docs.

import * as app from './app.ts';
import * as deployment from './deployment.ts';
import * as dns from './dns.ts';
import * as gateway from './gateway.ts';
import * as proxy from './proxy.ts';
import * as router from './router.ts';
import type { SpanSpec } from './spec.ts';
import * as visitor from './visitor.ts';

export { app, deployment, dns, gateway, proxy, router, visitor };

/** Every kind of span, in the order of a journey. */
export const spans: readonly SpanSpec[] = [
  visitor.visit,
  visitor.lookup,
  dns.resolve,
  dns.ask,
  dns.answer,
  visitor.connect,
  router.forward,
  visitor.handshake,
  proxy.handshake,
  visitor.request,
  proxy.server,
  proxy.location,
  proxy.staticFile,
  proxy.upstream,
  gateway.server,
  gateway.queue,
  gateway.attempt,
  app.server,
  app.middleware,
  app.urlresolver,
  app.view,
  app.permission,
  app.query,
  app.template,
];

/** Every kind of span of a deployment, in its order. */
export const deploymentSpans: readonly SpanSpec[] = [
  deployment.deploy,
  deployment.push,
  deployment.run,
  deployment.testCase, // before the task, whose name may be any
  deployment.task,
  deployment.migration,
];

/** The contract's word on a span that was recorded; undefined for one that is not the lab's own. */
export function findSpec({
  service,
  kind,
  name,
}: {
  service: string;
  kind: SpanSpec['kind'];
  name: string;
}): SpanSpec | undefined {
  return all.find((spec) => spec.service === service && spec.kind === kind && patterns.get(spec)?.test(name));
}

const all = [...spans, ...deploymentSpans];
const patterns = new Map(all.map((spec) => [spec, patternOf(spec)]));

function patternOf({ name }: SpanSpec): RegExp {
  return new RegExp(`^${name.replace(/ ?\{\w+\}/g, '.*')}$`);
}
