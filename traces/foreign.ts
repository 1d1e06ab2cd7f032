// Spans of other programs, by OpenTelemetry's conventions and the scopes of its instrumentations, never by a service's name: what
// they do, where they stand on the map, and what their time is spent on.

import { SpanKind } from '@opentelemetry/api';
import { findSpec, gateway } from '../otel/contract/index.ts';
import { ATTR_OWN_APP } from '../otel/contract/names.ts';
import { tracedServices } from '../otel/contract/services.ts';
import type { Stage } from '../otel/contract/stages.ts';
import type { StopId } from '../otel/contract/stops.ts';
import { isDatabaseCall, isFunction, isIncoming } from './conventions.ts';
import { receiverOf } from './titles.ts';
import { nearestUpwards, type SpanNode } from './tree.ts';

/**
 * What a span of another program does. `server`: it handles a request; `callee`: the same in a program that another one called;
 * `client`: it calls another program; `router`: it searches the url list; `step`: anything else.
 */
export type ForeignRole =
  | 'server'
  | 'callee'
  | 'client'
  | 'database'
  | 'middleware'
  | 'router'
  | 'view'
  | 'template'
  | 'step';

/** The role of a span that the contract does not know; undefined for one of a lab's process, by another instrumentation. */
export function foreignRole(node: SpanNode): ForeignRole | undefined {
  const { service, kind, attributes } = node.span;
  if (isDatabaseCall(attributes)) return 'database';
  if (tracedServices.has(service)) return undefined;
  if (isCalled(node)) return 'callee';
  if (isIncoming(node.span)) return 'server';
  if (kind === SpanKind.CLIENT || kind === SpanKind.PRODUCER) return 'client';
  return frameworkRole(node);
}

/** What instrumentations of Express, Koa, Fastify, hapi and NestJS call the parts of a framework (`express.type`). */
const FRAMEWORK_TYPES: Record<string, ForeignRole> = {
  middleware: 'middleware',
  router: 'router',
  request_handler: 'view',
  request_context: 'view',
  handler: 'view',
};

function frameworkRole({ span: { name, scope, attributes } }: SpanNode): ForeignRole {
  const type = Object.entries(attributes).find(([key]) => /^(express|koa|fastify|hapi|nestjs)\.type$/i.test(key))?.[1];
  const role = FRAMEWORK_TYPES[String(type)];
  if (role !== undefined) return role;
  if (/jinja2|actionview|template/i.test(scope) || /^(render|template)\b/i.test(name)) return 'template';
  if (/^middleware\b/i.test(name)) return 'middleware';
  return /^view\b/i.test(name) || isFunction(attributes) ? 'view' : 'step';
}

const called = new WeakMap<SpanNode, boolean>();

/** Whether a span is of a program that another one, not of the lab, called. */
function isCalled(node: SpanNode): boolean {
  const isOfOther = ({ span, parent }: SpanNode) =>
    parent !== null && parent.span.service !== span.service && !tracedServices.has(parent.span.service);
  return nearestUpwards(node, (each) => isOfOther(each) || undefined, false, called);
}

const STOPS: Partial<Record<ForeignRole, StopId>> = {
  server: 'worker',
  callee: 'remote',
  database: 'database',
  middleware: 'middleware',
  router: 'urls',
  view: 'view',
  template: 'template',
};

/** The stop of a span that the contract does not know; undefined: that of the span above it. */
export function foreignStop(node: SpanNode): StopId | undefined {
  const role = foreignRole(node);
  if (role !== 'client') return role && STOPS[role];
  const isOfLab = ({ span }: SpanNode) => tracedServices.has(span.service);
  return node.parent === null || node.children.some(isOfLab) ? undefined : 'remote';
}

const STAGES: Record<ForeignRole, Stage> = {
  ...{ server: 'other', step: 'other', callee: 'remote', client: 'remote', database: 'database' },
  ...{ middleware: 'framework', router: 'framework', view: 'view', template: 'template' },
};

/** The stage of such a span. */
export function foreignStage(node: SpanNode): Stage {
  const role = foreignRole(node);
  return role === undefined ? (tracedServices.get(node.span.service)?.stage ?? 'other') : STAGES[role];
}

/** Whether a span of the gateway stands for the learner's own app, which answered and left no spans. */
export function isSilentApp(node: SpanNode): boolean {
  const { span } = node;
  if (findSpec(span) !== gateway.attempt || span.attributes[ATTR_OWN_APP] !== true) return false;
  return 'http.response.status_code' in span.attributes && receiverOf(node) === undefined;
}
