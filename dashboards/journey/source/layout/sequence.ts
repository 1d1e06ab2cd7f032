// The textbook diagram from the same spans: a lifeline for each participant, an arrow for each request and each response, and
// what a participant does by itself beside its line.

import { SpanKind } from '@opentelemetry/api';
import { texts } from '#texts/layout.ts';
import { findSpec, visitor } from '../../../../otel/contract/index.ts';
import {
  ATTR_DNS_ANSWER_KIND,
  ATTR_DNS_CACHE,
  ATTR_DNS_QUESTION_NAME,
  ATTR_DNS_QUESTION_TYPE,
  ATTR_ROUTER_NEXT_HOP,
} from '../../../../otel/contract/names.ts';
import { count, labelOf, shown } from '../../../../otel/contract/phrases.ts';
import { displays, tracedServices } from '../../../../otel/contract/services.ts';
import { httpFacts, isDatabaseCall, peerOf, querySummary } from '../../../../traces/conventions.ts';
import { foreignRole } from '../../../../traces/foreign.ts';
import { endOf } from '../../../../traces/segments.ts';
import { receiverOf } from '../../../../traces/titles.ts';
import type { SpanNode, Tree } from '../../../../traces/tree.ts';

export type Participant = { id: string; label: string; service: string };
export type Message = {
  kind: 'ask' | 'answer' | 'self';
  from: string;
  to: string;
  text: string;
  /** Milliseconds since 1970. */
  time: number;
  row: SpanNode;
};
export type Sequence = {
  participants: Participant[];
  messages: Message[];
  /** How many messages are left out, to stay drawable. */
  more: number;
};

const MAX_MESSAGES = 400;

/** Services whose participants are drawn as one until that is opened: the name servers, the routers. */
const FOLDED = ['dns', 'router'];

/** The services of which several participants are in a diagram, and could be one. */
export function foldable({ participants }: Sequence): string[] {
  return FOLDED.filter((service) => participants.filter((each) => each.service === service).length > 1);
}

/** The same diagram with one lifeline for each service of `services`; what goes on inside is one message. */
export function folded(sequence: Sequence, services: readonly string[]): Sequence {
  const serviceOf = new Map(sequence.participants.map(({ id, service }) => [id, service]));
  const lane = (id: string) => {
    const service = serviceOf.get(id) ?? '';
    return services.includes(service) ? `all ${service}` : id;
  };
  const participants = new Map<string, Participant>();
  for (const each of sequence.participants) {
    const id = lane(each.id);
    const isFolded = id !== each.id;
    const label = isFolded ? (displays[each.service]?.role ?? '').replace('the ', '') : each.label;
    if (!participants.has(id)) participants.set(id, { ...each, id, label });
  }
  const messages: Message[] = [];
  let inside = 0;
  for (const message of sequence.messages) {
    const [from, to] = [lane(message.from), lane(message.to)];
    const isInside = from === to && from !== message.from;
    inside = isInside && message.kind !== 'self' ? inside + 1 : 0;
    const text = isInside ? texts.messagesInside(inside) : message.text;
    if (isInside && inside > 1) messages.pop();
    if (!isInside || inside > 0) messages.push({ ...message, from, to, text, kind: isInside ? 'self' : message.kind });
  }
  return { ...sequence, participants: [...participants.values()], messages };
}

/** The diagram of a trace. */
export function sequenceOf(tree: Tree): Sequence {
  const participants = new Map<string, Participant>();
  const messages: Message[] = [];
  const idOf = (participant: Participant) => {
    if (!participants.has(participant.id)) participants.set(participant.id, participant);
    return participant.id;
  };
  for (const row of tree.nodes) {
    const own = idOf(participantOf(row));
    const { span } = row;
    if (span.service === 'router') {
      const next = hopAfter(row, idOf);
      if (next) messages.push({ kind: 'ask', from: own, to: next, text: texts.passOn, time: endOf(row.span), row });
      continue;
    }
    const above = row.parent ? idOf(participantOf(row.parent)) : own;
    if (above === own) {
      if (isDrawn(row)) messages.push({ kind: 'self', from: own, to: own, text: span.name, time: span.start, row });
      if (findSpec(span) === visitor.connect) {
        const first = row.children.find(({ span }) => span.service === 'router');
        if (first)
          messages.push({
            kind: 'ask',
            from: own,
            to: idOf(participantOf(first)),
            text: 'connect',
            time: span.start,
            row,
          });
      }
      continue;
    }
    messages.push({ kind: 'ask', from: above, to: own, text: requestText(row), time: span.start, row });
    messages.push({ kind: 'answer', from: own, to: above, text: responseText(row), time: endOf(row.span), row });
  }
  messages.sort((a, b) => a.time - b.time);
  const ordered = [...participants.values()].sort((a, b) => rank(a) - rank(b));
  return {
    participants: ordered,
    messages: messages.slice(0, MAX_MESSAGES),
    more: Math.max(0, messages.length - MAX_MESSAGES),
  };
}

const ORDER = Object.keys(displays);

function rank({ id, service }: Participant): number {
  const place = ORDER.indexOf(id === 'database' ? id : service);
  // The learner's app stands where the lab's worker does: before its database.
  return place === -1 ? ORDER.indexOf('app') : place;
}

/** The lifeline of a span: a service, one of its instances, or the actor that the contract names. */
function participantOf(node: SpanNode): Participant {
  const { span, parent } = node;
  const { service, attributes, resource } = span;
  const actor = findSpec(span)?.actor?.(span);
  if (actor !== undefined) return { id: actor === 'database' ? actor : `${service} ${actor}`, label: actor, service };
  if (isDatabaseCall(attributes)) return { id: 'database', label: 'database', service };
  const callee = silentCallee(node);
  if (callee !== undefined) return { id: `remote ${callee}`, label: callee, service: callee };
  const instance = tracedServices.get(service)?.isMany && resource['service.instance.id'];
  if (instance && instance !== service) return { id: `${service} ${instance}`, label: String(instance), service };
  return { id: service, label: labelOf(service) || String(parent?.span.service ?? '?'), service };
}

/** What a span of another program calls, where that has left no span. */
function silentCallee(node: SpanNode): string | undefined {
  const isCall = findSpec(node.span) === undefined && foreignRole(node) === 'client' && node.parent !== null;
  return isCall && receiverOf(node) === undefined ? peerOf(node.span.attributes) : undefined;
}

function hopAfter({ span }: SpanNode, idOf: (participant: Participant) => string): string | undefined {
  const next = span.attributes[ATTR_ROUTER_NEXT_HOP];
  if (typeof next !== 'string') return undefined;
  if (next === 'destination') return idOf({ id: 'proxy', label: labelOf('proxy'), service: 'proxy' });
  return idOf({ id: `router ${next}`, label: next, service: 'router' });
}

function isDrawn({ span, children }: SpanNode): boolean {
  if (span.kind === SpanKind.CLIENT && children.length > 0) return false; // its request is drawn where it arrives
  const spec = findSpec(span);
  return spec === undefined || (spec !== visitor.visit && spec !== visitor.connect);
}

function requestText({ span: { name, attributes } }: SpanNode): string {
  const question = attributes[ATTR_DNS_QUESTION_NAME];
  if (question !== undefined) return `${shown(question)} ${shown(attributes[ATTR_DNS_QUESTION_TYPE] ?? '')}?`.trim();
  if (isDatabaseCall(attributes)) return querySummary({ name, attributes });
  const { method, url } = httpFacts(attributes);
  const path = attributes['url.path'] ?? (url === null ? undefined : (URL.parse(url)?.pathname ?? url));
  return method && path ? `${method} ${path}` : name;
}

function responseText({ span }: SpanNode): string {
  const { attributes, error } = span;
  if (attributes[ATTR_DNS_ANSWER_KIND]) return String(attributes[ATTR_DNS_ANSWER_KIND]);
  const answers = attributes['dns.answers'];
  if (Array.isArray(answers))
    return answers.length > 0
      ? `${answers[0]}${answers.length > 1 ? ` +${answers.length - 1}` : ''}`
      : String(attributes['waybill.dns.response_code'] ?? '');
  const { status } = httpFacts(attributes);
  if (status !== null) return String(status);
  if (attributes['waybill.db.affected_rows'] !== undefined)
    return texts.rowsChanged(String(attributes['waybill.db.affected_rows']));
  const rows = attributes['db.response.returned_rows'];
  if (rows !== undefined) return count(Number(rows), 'row');
  if (error !== null) return `✗ ${attributes['error.type'] ?? error}`;
  return String(attributes[ATTR_DNS_CACHE] ?? '');
}
