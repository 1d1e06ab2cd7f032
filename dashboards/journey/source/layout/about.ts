// What a trace is about: method, address, status, duration, which program answered. Only what its spans show is
// stated, of any program.

import { SpanKind } from '@opentelemetry/api';
import { texts } from '#texts/layout.ts';
import { app, deployment, findSpec, gateway, proxy, visitor } from '../../../../otel/contract/index.ts';
import {
  ATTR_ANSWERED_BY,
  ATTR_DEPLOYMENT_ID,
  ATTR_DEPLOYMENT_STATUS,
  ATTR_FILE_OUTCOME,
  ATTR_LOCATION_KIND,
  ATTR_OWN_APP,
  ATTR_SCENARIO,
} from '../../../../otel/contract/names.ts';
import { shownAddress } from '../../../../otel/contract/phrases.ts';
import type { SpanSpec } from '../../../../otel/contract/spec.ts';
import { httpFacts } from '../../../../traces/conventions.ts';
import { shownName } from '../../../../traces/model.ts';
import { receiverOf, valueText } from '../../../../traces/titles.ts';
import type { SpanNode, Tree } from '../../../../traces/tree.ts';

export type About = {
  /** Of a request; else the name of the first span. */
  method: string;
  /** Host and path, without the scheme; '' where the trace does not begin with a request. */
  where: string;
  status: number | null;
  /** Why no response came; null when one did, or when no span has a reason. */
  failed: string | null;
  /** The release of a deployment; null for a visit, and for a deployment that failed. */
  release: string | null;
  duration: number;
  start: number;
  /** In a sentence: what wrote the response; '' where no span shows it. */
  answeredBy: string;
  /** Whether it begins at the lab's web server: what was before it left no span. */
  isForeign: boolean;
  scenario: string | null;
};

/** What a trace is about, in a line: `GET tatis.test/ → 200`. */
export function summaryOf({ method, where, status, failed, release }: About): string {
  const outcome = status ?? failed ?? release;
  return `${method} ${where}`.trim() + (outcome === null ? '' : ` → ${outcome}`);
}

/** Reads what a trace is about. */
export function aboutOf(tree: Tree): About {
  const [top] = tree.roots;
  const first = tree.roots.find(({ span }) => httpFacts(span.attributes).method !== null) ?? top;
  const facts = first && httpFacts(first.span.attributes);
  const run = nodesOf(tree, deployment.run)[0]?.span;
  const status = facts?.status ?? null;
  const failure = (run ?? first?.span)?.attributes['error.type'];
  const failed = failure ?? (status === null && !run && first?.span.error ? first.span.error : undefined);
  const scenario = top?.span.attributes[ATTR_SCENARIO];
  return {
    method: facts?.method ?? (top ? shownName(top.span.name) : texts.nothing),
    where: facts?.method ? shownAddress(facts.url ?? '') : '',
    status,
    failed: failed === undefined ? null : valueText(failed),
    release: failed === undefined && run ? valueText(run.attributes[ATTR_DEPLOYMENT_ID]) : null,
    duration: tree.end - tree.start,
    start: tree.start,
    answeredBy: run ? deployed(run.attributes[ATTR_DEPLOYMENT_STATUS] === 'succeeded') : answeredBy(tree, first),
    isForeign: top !== undefined && findSpec(top.span) === proxy.server,
    scenario: typeof scenario === 'string' ? scenario : null,
  };
}

function deployed(isDone: boolean): string {
  return isDone ? texts.released : texts.notReleased;
}

/** From the innermost of the lab's programs outwards: the first that has to do with the answer. */
function answeredBy(tree: Tree, first: SpanNode | undefined): string {
  const last = (spec: SpanSpec) => nodesOf(tree, spec).at(-1);
  const task = last(app.process)?.span;
  if (task) {
    const worker = valueText(task.resource['service.instance.id']);
    return task.error === null ? texts.workDone(worker) : texts.workFailed(worker);
  }
  const view = last(app.view)?.span;
  if (view) {
    const worker = valueText(view.resource['service.instance.id']);
    const isRefused = (first && httpFacts(first.span.attributes).status) === 403;
    if (view.error !== null) return texts.viewFailed(view.name, worker);
    return isRefused ? texts.viewRefused(view.name, worker) : texts.wroteTheAnswer(view.name, worker);
  }
  const worker = last(app.server)?.span;
  if (worker && worker.error === null) return texts.frameworkAnswered(valueText(worker.attributes[ATTR_ANSWERED_BY]));
  const attempt = last(gateway.attempt);
  if (attempt && attempt.span.attributes[ATTR_OWN_APP] === true && isAnswered(attempt)) return byOwnApp(attempt);
  if (attempt && !worker && isAnswered(attempt)) return behind(attempt, texts.theWorker);
  if (last(gateway.server)) return texts.appServerAnswered;
  const upstream = last(proxy.upstream);
  if (upstream && isAnswered(upstream)) return behind(upstream, texts.programBehind);
  return byWebServer(tree) ?? withoutWebServer(tree, first);
}

function byWebServer(tree: Tree): string | undefined {
  const [server] = nodesOf(tree, proxy.server);
  const [file] = nodesOf(tree, proxy.staticFile);
  if (server === undefined) return undefined;
  const isRefused = (httpFacts(server.span.attributes).status ?? 0) >= 400;
  if (file && isRefused) return texts.fileIs(valueText(file.span.attributes[ATTR_FILE_OUTCOME]));
  if (file) return texts.staticFileSent;
  if (server.span.attributes[ATTR_LOCATION_KIND] === 'return') return texts.ruleAnswered;
  return texts.webServerAnswered;
}

function withoutWebServer(tree: Tree, first: SpanNode | undefined): string {
  const [visit] = nodesOf(tree, visitor.visit);
  const [request] = nodesOf(tree, visitor.request);
  if (request && isAnswered(request)) return behind(request, texts.programThatAnswered);
  if (request) return texts.noAnswerCame;
  if (visit) return texts.noRequestWasSent(whyNot(tree));
  if (first === undefined || !isAnswered(first)) return '';
  return first.span.kind === SpanKind.SERVER
    ? texts.answered(shownName(first.span.service))
    : behind(first, texts.programThatAnswered);
}

/** Which step before the request failed. */
function whyNot(tree: Tree): string {
  const isBroken = (spec: SpanSpec) => nodesOf(tree, spec).some(({ span }) => span.error !== null);
  if (isBroken(visitor.handshake)) return texts.tlsFailed;
  if (isBroken(visitor.lookup)) return texts.nameNotFound;
  return isBroken(visitor.connect) ? texts.notConnected : texts.noReason;
}

function byOwnApp(attempt: SpanNode): string {
  const service = receiverOf(attempt);
  return service === undefined ? texts.yourAppWithoutSpans : texts.yourAppAnswered(shownName(service));
}

/** What answered the request of `client`: the service below it; `unseen` where none left a span. */
function behind(client: SpanNode, unseen: string): string {
  const other = client.children.find(({ span }) => span.service !== client.span.service);
  return other ? texts.answered(shownName(other.span.service)) : texts.leftNoSpan(unseen);
}

function isAnswered({ span }: SpanNode): boolean {
  return httpFacts(span.attributes).status !== null;
}

function nodesOf({ nodes }: Tree, spec: SpanSpec): SpanNode[] {
  return nodes.filter(({ span }) => findSpec(span) === spec);
}
