// Calls and their answers: the span of a caller that another process should continue, and the span with which it does.
//
//   proxy    GET  CLIENT   ─┐ a call
//   gateway  GET  SERVER   ◄┘ its answer

import { SpanKind } from '@opentelemetry/api';
import { ATTR_SERVICE_INSTANCE_ID } from '@opentelemetry/semantic-conventions';
import { findSpec, spans as specs } from '../../otel/contract/index.ts';
import { ATTR_DNS_QUESTION_NAME, ATTR_OWN_APP, ATTR_ROUTER_NEXT_HOP } from '../../otel/contract/names.ts';
import { keyOf, type SpanSpec } from '../../otel/contract/spec.ts';
import { httpFacts, httpStatus, isDatabaseCall, isIncoming } from '../conventions.ts';
import type { TraceSpan, Values } from '../model.ts';
import { endOf } from '../segments.ts';
import type { SpanNode } from '../tree.ts';

/** How far apart a call and its answer may begin by the inaccuracy of clocks, and how long after a call its answer may begin, in ms. */
const EARLY_MS = 20;
const LATE_MS = 100;

/** These are answered before a request is read as a whole, or by a server that does not get as far as to open a span. */
const WITHOUT_SPAN = new Set([400, 408, 413, 414, 421, 431, 505]);

/** The kinds of span that answer a span of the lab, by the contract; the learner's own app need not send any. */
export function expectedAnswers(call: TraceSpan): readonly SpanSpec[] {
  if (isIncoming(call) || call.attributes[ATTR_OWN_APP] === true) return [];
  const spec = findSpec(call);
  if (spec === undefined) return [];
  return (answers.get(keyOf(spec)) ?? []).filter(
    ({ presence }) => presence === 'always' || presence.in.includes(String(call.attributes[presence.attribute])),
  );
}

const answers: ReadonlyMap<string, SpanSpec[]> = new Map(
  specs.map((spec) => [
    keyOf(spec),
    specs.filter(
      ({ parents, service, kind }) =>
        parents.includes(keyOf(spec)) && (service !== spec.service || kind === SpanKind.SERVER),
    ),
  ]),
);

/** Whether a span of another process should stand below it. */
export function isCall(span: TraceSpan): boolean {
  if (span.kind === SpanKind.CLIENT || span.kind === SpanKind.PRODUCER) return !isDatabaseCall(span.attributes);
  return expectedAnswers(span).length > 0;
}

/** The service that calls a span of the lab, by the contract; undefined for the first of a trace. */
export function expectedCaller(span: TraceSpan): string | undefined {
  const parent = findSpec(span)?.parents.find((each) => each !== 'root');
  return parent?.split(' ')[0];
}

/** Whether a span below it answers this call. */
export function isAnswered({ span, children }: SpanNode): boolean {
  return children.some((child) => child.span.service !== span.service || isIncoming(child.span));
}

/** The router to which a router passes a connection on; undefined for other spans, and for the last router. */
export function nextRouter({ service, attributes }: TraceSpan): string | undefined {
  const next = attributes[ATTR_ROUTER_NEXT_HOP];
  if (service !== 'router' || typeof next !== 'string') return undefined;
  return 'destination'.startsWith(next) ? undefined : next; // which an SDK may have cut
}

/** The instance that a span itself names: of several routers in one process, which one. */
export function instanceOf({ attributes }: TraceSpan): string {
  return String(attributes[ATTR_SERVICE_INSTANCE_ID] ?? '');
}

/** Whether the other side surely got this call: it ended well, or with an answer that is written within a span. */
export function hasSucceeded(call: TraceSpan): boolean {
  const status = httpStatus(call.attributes);
  return status === null ? !hasFailed(call) : !WITHOUT_SPAN.has(status);
}

/** Whether a span says of itself that it failed. */
export function hasFailed({ status, attributes }: TraceSpan): boolean {
  return status === 'error' || attributes['error.type'] !== undefined;
}

/** Whether `top`, the first span of another trace, is what answered `call`: by its time, and by what both say of the request. */
export function isAnswerTo(top: TraceSpan, call: TraceSpan): boolean {
  if (top.links.some(({ traceId }) => traceId === call.traceId)) return false; // a trace of its own, and it says of what
  if (top.start < call.start - EARLY_MS || top.start > endOf(call) + LATE_MS) return false;
  const router = nextRouter(call);
  if (router !== undefined) return top.service === call.service && instanceOf(top) === router;
  const spec = findSpec(top);
  if (spec !== undefined && expectedAnswers(call).includes(spec)) return isSameRequest(top, call) !== false;
  return isIncoming(top) && isSameRequest(top, call) === true;
}

/** Whether two spans describe the same request; undefined where they have nothing in common to compare. */
export function isSameRequest({ attributes: a }: TraceSpan, { attributes: b }: TraceSpan): boolean | undefined {
  const http = [a, b].map(httpFacts);
  if (http.every(({ method }) => method !== null)) {
    return http[0]?.method === http[1]?.method && pathOf(http[0]?.url) === pathOf(http[1]?.url);
  }
  for (const name of SAME) if (name in a && name in b) return same(a, b, name);
  return undefined;
}

const SAME = ['rpc.method', 'messaging.destination.name', ATTR_DNS_QUESTION_NAME];

/** Names of DNS are the same with and without their last dot, and in capitals. */
function same(a: Values, b: Values, name: string): boolean {
  const [one, other] = [a, b].map((values) => String(values[name]).toLowerCase().replace(/\.$/, ''));
  return one === other;
}

/** An address whose path `URL.parse` would leave as it is, which takes longer. */
const PLAIN_PATH = /^(?:https?:\/\/[^/?#\\]*)?(\/(?!\/)[\w/-]*)(?:[?#]|$)/;

function pathOf(url: string | null | undefined): string {
  return PLAIN_PATH.exec(url ?? '')?.[1] ?? URL.parse(url ?? '', 'http://any')?.pathname ?? '';
}
