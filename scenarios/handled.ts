// What the site does with a request: a file, served by the proxy, or a page, through gateway and framework.

import type { Attributes } from '@opentelemetry/api';
import { ATTR_ERROR_TYPE, ATTR_HTTP_REQUEST_RESEND_COUNT } from '@opentelemetry/semantic-conventions';
import { app, gateway, proxy } from '../otel/contract/index.ts';
import {
  ATTR_ANSWERED_BY,
  ATTR_FILE_OUTCOME,
  ATTR_LOCATION_KIND,
  ATTR_PERMISSION_ALLOWED,
  ATTR_QUEUE_OUTCOME,
  ATTR_TASK_ATTEMPT,
} from '../otel/contract/names.ts';
import type { Expected } from '../traces/expected.ts';
import { expectSpan } from './expect.ts';

// ── the proxy ──

/** A static file. */
export function served(outcome: string): Expected[] {
  return [
    expectSpan(proxy.location, { attributes: { [ATTR_LOCATION_KIND]: 'static' } }),
    expectSpan(proxy.staticFile, { attributes: { [ATTR_FILE_OUTCOME]: outcome } }),
  ];
}

/** The answer of a rule (nginx: `return`). */
export function byRule(): Expected[] {
  return [expectSpan(proxy.location, { attributes: { [ATTR_LOCATION_KIND]: 'return' } })];
}

/**
 * What the proxy forwards: gateway, queue, one worker, and in the app the matched `route` (null: none) and `steps`.
 * `retried`: the first worker was lost, and the gateway sent the request to a second one.
 */
export function answered(
  route: string | null,
  steps: Expected[],
  { method = 'GET', by = 'view', middleware = [] as Expected[], retried = false } = {},
): Expected[] {
  const work = expectSpan(
    app.server,
    { words: { method, route: route ?? '' }, attributes: { [ATTR_ANSWERED_BY]: by } },
    ...middleware,
    ...(by === 'common' ? [] : [expectSpan(app.urlresolver, {})]),
    ...steps,
  );
  const lost = [expectSpan(gateway.queue, {}), attempt(method, { [ATTR_ERROR_TYPE]: 'worker_lost' })];
  const done = attempt(method, retried ? { [ATTR_HTTP_REQUEST_RESEND_COUNT]: 1 } : {}, work);
  return forwarded(method, 'worker', ...(retried ? lost : []), expectSpan(gateway.queue, {}), done);
}

/** The proxy forwards to the gateway, whose queue ends with `outcome`, and which does `steps`. */
export function forwarded(method: string, outcome: string, ...steps: Expected[]): Expected[] {
  const words = { method };
  return [
    expectSpan(proxy.location, { attributes: { [ATTR_LOCATION_KIND]: 'dynamic' } }),
    expectSpan(
      proxy.upstream,
      { words },
      expectSpan(gateway.server, { words, attributes: { [ATTR_QUEUE_OUTCOME]: outcome } }, ...steps),
    ),
  ];
}

/** One attempt of the gateway: the request sent to one worker. */
export function attempt(method: string, attributes: Attributes, ...work: Expected[]): Expected {
  return expectSpan(gateway.attempt, { words: { method }, attributes }, ...work);
}

// ── the framework ──

/** A view and its steps. */
export function view(name: string, ...steps: Expected[]): Expected {
  return expectSpan(app.view, { words: { name } }, ...steps);
}

/** A middleware that did work. */
export function middleware(name: string, ...steps: Expected[]): Expected {
  return expectSpan(app.middleware, { words: { name } }, ...steps);
}

/** A permission check. */
export function permission(name: string, allowed: boolean, ...steps: Expected[]): Expected {
  return expectSpan(app.permission, { words: { name }, attributes: { [ATTR_PERMISSION_ALLOWED]: allowed } }, ...steps);
}

/** One query, by its summary: `SELECT job`. */
export function query(summary: string): Expected {
  return expectSpan(app.query, { words: { summary } });
}

/** A message that a view sends to `queue`. */
export function send(queue: string): Expected {
  return expectSpan(app.send, { words: { queue } }, query('SELECT task'), query('INSERT task'));
}

/** The trace of a background worker: its `work` on a message of `queue`, and the transaction that stores the result in `table`. */
export function processed(queue: string, table: string, ...work: Expected[]): Expected {
  const stored = ['BEGIN', 'DELETE task', `INSERT ${table}`, 'COMMIT'].map(query);
  return expectSpan(app.process, { words: { queue }, attributes: { [ATTR_TASK_ATTEMPT]: 1 } }, ...work, ...stored);
}

/** A template that is filled in. */
export function template(name: string): Expected {
  return expectSpan(app.template, { words: { name } });
}
