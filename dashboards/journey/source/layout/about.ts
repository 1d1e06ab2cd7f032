// What a trace is about: method, address, status, duration, who answered. From its root, or from the first request in it when the
// visit was somebody else's (a browser, curl).

import { ATTR_DEPLOYMENT_ID, ATTR_DEPLOYMENT_STATUS } from '../../../../otel/contract/names.ts';
import { shownAddress } from '../../../../otel/contract/telling.ts';
import { text } from '../../../../traces/titles.ts';
import type { Tree } from '../../../../traces/tree.ts';

export type About = {
  method: string;
  /** Host and path, without the scheme. */
  where: string;
  status: number | null;
  /** Why no answer came; null when one did, or when nobody says. */
  failed: string | null;
  /** What a deployment came to: the release; null for a visit, and for one that failed. */
  release: string | null;
  duration: number;
  start: number;
  /** In words: who wrote the answer. */
  answeredBy: string;
  /** Whether it begins at the web server: no phonebook and no way, for somebody else's computer did that. */
  isForeign: boolean;
  scenario: string | null;
};

/** Reads what a trace is about. */
export function aboutOf(tree: Tree): About {
  const requests = tree.nodes.filter(({ span }) => 'http.request.method' in span.attributes);
  const first = requests[0]?.span ?? tree.nodes[0]?.span;
  const attributes = first?.attributes ?? {};
  const url = attributes['url.full'] ?? `${text(attributes['server.address'])}${text(attributes['url.path'])}`;
  const status = attributes['http.response.status_code'];
  const run = tree.nodes.find(
    ({ span }) => span.service === 'pipeline' && ATTR_DEPLOYMENT_STATUS in span.attributes,
  )?.span;
  const failed = run?.attributes['error.type'] ?? attributes['error.type'];
  const isForeign =
    !tree.nodes.some(({ span }) => span.service === 'visitor') &&
    tree.nodes.some(({ span }) => span.service === 'proxy');
  return {
    method: first ? text(attributes['http.request.method'] ?? first.name) : 'nothing',
    where: requests.length > 0 ? shownAddress(String(url)) : '',
    status: typeof status === 'number' ? status : null,
    failed: failed === undefined ? null : text(failed),
    release: failed === undefined && run ? text(run.attributes[ATTR_DEPLOYMENT_ID]) : null,
    duration: tree.end - tree.start,
    start: tree.start,
    answeredBy: answeredBy(tree),
    isForeign,
    scenario: scenarioOf(tree),
  };
}

function answeredBy({ nodes }: Tree): string {
  const run = nodes.find(({ span }) => ATTR_DEPLOYMENT_STATUS in span.attributes)?.span;
  if (run) {
    const isDone = run.attributes[ATTR_DEPLOYMENT_STATUS] === 'succeeded';
    return isDone ? 'Every page is of this release now.' : 'The site went on as it was: nobody saw this change.';
  }
  const has = (service: string, name: string) =>
    nodes.find(({ span }) => span.service === service && span.name.startsWith(name));
  if (has('visitor', 'TLS handshake')?.span.error)
    return 'Nobody answered: the seal does not hold, so nothing was sent.';
  const view = has('app', 'view ');
  const instance = text(view?.span.resource['service.instance.id']);
  if (view && view.span.error === null) return `The ${view.span.name} in worker ${instance} wrote the answer.`;
  if (view) return `The ${view.span.name} in worker ${instance} failed.`;
  if (has('proxy', 'static file')) return 'The web server took it from its own shelf.';
  const app = nodes.filter(({ span }) => span.service === 'app' && span.kind === 1).at(-1);
  if (app && app.span.error === null)
    return `The framework answered (${text(app.span.attributes['waybill.answered_by'])}), before a view was called.`;
  if (nodes.some(({ span }) => span.service === 'gateway')) return 'The app server answered itself: no worker did.';
  if (nodes.some(({ span }) => span.service === 'proxy')) return 'The web server answered itself.';
  if (nodes[0] && 'http.response.status_code' in nodes[0].span.attributes) return 'Whoever answered left no span.';
  if (nodes.some(({ span }) => span.service === 'visitor')) return 'Nobody answered: the letter never left.';
  return '';
}

function scenarioOf({ nodes }: Tree): string | null {
  const named = nodes[0]?.span.attributes['waybill.scenario'];
  return typeof named === 'string' ? named : null;
}
