// The stages of a journey, in words that a learner knows. Every moment of a trace belongs to one.

import { app, deployment, dns, findSpec, gateway, proxy, router, visitor } from '../otel/contract/index.ts';
import { ATTR_CICD_PIPELINE_TASK_TYPE } from '../otel/contract/names.ts';
import type { SpanSpec } from '../otel/contract/spec.ts';
import type { TraceSpan } from './model.ts';
import { own } from './own.ts';

/** In the order in which a letter passes them. */
export const STAGES = {
  phonebook: { label: 'phonebook', says: 'asking where the reader lives (DNS)' },
  way: { label: 'way', says: 'opening a way through the post offices (connect)' },
  sealing: { label: 'sealing', says: 'agreeing on a seal with the web server (TLS handshake)' },
  waiting: { label: 'first byte', says: 'the letter is between you and the web server; you wait for the first byte' },
  proxy: { label: 'web server', says: 'the web server (reverse proxy) decides, and hands over' },
  file: { label: 'static file', says: 'the web server takes a file from its own shelf' },
  queue: { label: 'queue', says: 'waiting until a worker is free' },
  gateway: { label: 'app server', says: 'the app server hands the letter to a worker' },
  framework: { label: 'worker', says: 'the worker: framework, middleware, url list' },
  view: { label: 'view', says: 'the view that the url list names' },
  database: { label: 'database', says: 'looking something up, or changing it' },
  template: { label: 'template', says: 'writing the answer out' },
  download: { label: 'download', says: 'from the first byte of the answer to its last' },
  commit: { label: 'commit', says: 'the change is committed, and pushed to the repository' },
  build: { label: 'build', says: 'the pipeline makes a release of the commit' },
  test: { label: 'test', says: 'linter, tests, and a look at the pages' },
  release: { label: 'release', says: 'the new release takes the place of the old one' },
  other: { label: 'others', says: 'spans of other programs' },
  unaccounted: { label: 'nobody accounts for', says: 'no span says what happened in this time' },
} as const;

export type Stage = keyof typeof STAGES;

/** The stage that a moment (ms since 1970) belongs to, by the innermost span open then; null for none. */
export function stageOf(span: TraceSpan | null, moment: number): Stage {
  if (span === null) return 'unaccounted';
  const spec = findSpec(span);
  if (spec === visitor.request) return requestStage(span, moment);
  if (spec === deployment.task)
    return own(TASK_STAGES, String(span.attributes[ATTR_CICD_PIPELINE_TASK_TYPE])) ?? 'build';
  return (spec && BY_SPAN.get(spec)) ?? own(BY_SERVICE, span.service) ?? 'other';
}

const BY_SPAN = new Map<SpanSpec, Stage>([
  [visitor.lookup, 'phonebook'],
  [visitor.connect, 'way'],
  [visitor.handshake, 'sealing'],
  [proxy.handshake, 'sealing'],
  [proxy.staticFile, 'file'],
  [gateway.queue, 'queue'],
  [app.view, 'view'],
  [app.query, 'database'],
  [app.template, 'template'],
  [deployment.testCase, 'test'],
  [deployment.migration, 'database'],
]);

const TASK_STAGES: Record<string, Stage> = { build: 'build', test: 'test', deploy: 'release' };

/** The stage of a service's other spans. */
const BY_SERVICE: Record<string, Stage> = {
  [visitor.visit.service]: 'unaccounted',
  [dns.resolve.service]: 'phonebook',
  [router.forward.service]: 'way',
  [proxy.server.service]: 'proxy',
  [gateway.server.service]: 'gateway',
  [app.server.service]: 'framework',
  [deployment.deploy.service]: 'commit',
  [deployment.run.service]: 'build',
};

function requestStage({ events }: TraceSpan, moment: number): Stage {
  const firstByte = events.find(({ name }) => name === 'first byte')?.time;
  return firstByte !== undefined && moment >= firstByte ? 'download' : 'waiting';
}
