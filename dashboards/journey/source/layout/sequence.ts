// The textbook diagram from the same spans: a lifeline for each participant, an arrow for each question and each answer, and
// what a participant does by itself beside its line.

import {
  ATTR_DNS_ANSWER_KIND,
  ATTR_DNS_CACHE,
  ATTR_DNS_ZONE,
  ATTR_ROUTER_NEXT_HOP,
  ATTR_WORKER_ID,
} from '../../../../otel/contract/names.ts';
import { endOf } from '../../../../traces/segments.ts';
import type { Row, Tree } from './tree.ts';

export type Participant = { id: string; label: string; service: string };
export type Message = {
  kind: 'ask' | 'answer' | 'self';
  from: string;
  to: string;
  text: string;
  /** Milliseconds since 1970. */
  time: number;
  row: Row;
};
export type Sequence = {
  participants: Participant[];
  messages: Message[] /** Messages left out, to stay drawable. */;
  more: number;
};

const MOST_MESSAGES = 400;

/** The diagram of a trace. */
export function sequenceOf(tree: Tree): Sequence {
  const participants = new Map<string, Participant>();
  const messages: Message[] = [];
  const see = (participant: Participant) => {
    if (!participants.has(participant.id)) participants.set(participant.id, participant);
    return participant.id;
  };
  for (const row of tree.rows) {
    const me = see(participantOf(row));
    const { span } = row;
    if (span.service === 'router') {
      const next = hopAfter(row, see);
      if (next) messages.push({ kind: 'ask', from: me, to: next, text: 'pass on', time: endOf(row.span), row });
      continue;
    }
    const above = row.parent ? see(participantOf(row.parent)) : me;
    if (above === me) {
      if (isWorthSaying(row)) messages.push({ kind: 'self', from: me, to: me, text: span.name, time: span.start, row });
      if (span.name === 'connect') {
        const first = row.children.find(({ span }) => span.service === 'router');
        if (first)
          messages.push({
            kind: 'ask',
            from: me,
            to: see(participantOf(first)),
            text: 'open a way',
            time: span.start,
            row,
          });
      }
      continue;
    }
    messages.push({ kind: 'ask', from: above, to: me, text: questionOf(row), time: span.start, row });
    messages.push({ kind: 'answer', from: me, to: above, text: answerOf(row), time: endOf(row.span), row });
  }
  messages.sort((a, b) => a.time - b.time);
  const ordered = [...participants.values()].sort((a, b) => rank(a) - rank(b));
  return {
    participants: ordered,
    messages: messages.slice(0, MOST_MESSAGES),
    more: Math.max(0, messages.length - MOST_MESSAGES),
  };
}

/** The diagram as Mermaid text (https://mermaid.js.org/syntax/sequenceDiagram.html). */
export function mermaidOf({ participants, messages }: Sequence): string {
  const names = new Map(participants.map(({ id }, index) => [id, `p${index}`]));
  const clean = (text: string) =>
    text
      .replace(/[\n\r]+/g, ' ')
      .replace(/[#;<>]/g, (sign) => `#${sign.charCodeAt(0)};`)
      .slice(0, 120);
  const arrow = { ask: '->>', answer: '-->>', self: '->>' };
  return [
    'sequenceDiagram',
    ...participants.map(({ id, label }) => `  participant ${names.get(id)} as ${clean(label)}`),
    ...messages.map(
      ({ kind, from, to, text }) => `  ${names.get(from)}${arrow[kind]}${names.get(to)}: ${clean(text) || '-'}`,
    ),
    '',
  ].join('\n');
}

const ORDER = ['visitor', 'dns', 'router', 'proxy', 'gateway', 'app', 'database'];

function rank({ id, service }: Participant): number {
  const place = ORDER.indexOf(id === 'database' ? 'database' : service);
  return place === -1 ? ORDER.length : place;
}

function participantOf({ span, parent }: Row): Participant {
  const { service, name, attributes, resource } = span;
  const instance = String(attributes['service.instance.id'] ?? resource['service.instance.id'] ?? service);
  if (service === 'visitor') return { id: 'you', label: 'you', service };
  if (service === 'dns' && name === 'answer') {
    const zone = String(attributes[ATTR_DNS_ZONE] ?? '');
    return { id: `dns ${zone}`, label: zone === '.' ? 'root .' : zone, service };
  }
  if (service === 'dns') return { id: 'dns', label: 'phonebook', service };
  if (service === 'router') return { id: `office ${instance}`, label: instance, service };
  if (service === 'proxy') return { id: 'proxy', label: 'web server', service };
  if (service === 'gateway') return { id: 'gateway', label: 'app server', service };
  if ('db.system.name' in attributes) return { id: 'database', label: 'database', service };
  if (service === 'app') return { id: `worker ${instance}`, label: instance === 'app' ? 'worker' : instance, service };
  return { id: `service ${service}`, label: service || String(parent?.span.service ?? '?'), service };
}

function hopAfter(row: Row, see: (participant: Participant) => string): string | undefined {
  const next = row.span.attributes[ATTR_ROUTER_NEXT_HOP];
  if (typeof next !== 'string') return undefined;
  if (next === 'mailbox') return see({ id: 'proxy', label: 'web server', service: 'proxy' });
  return see({ id: `office ${next}`, label: next, service: 'router' });
}

function isWorthSaying({ span, children }: Row): boolean {
  if (span.kind === 2 && children.length > 0) return false; // its question is drawn where it arrives
  return span.name !== 'visit' && span.name !== 'connect';
}

function questionOf({ span, parent }: Row): string {
  const { service, name, attributes } = span;
  if (service === 'dns')
    return `${attributes['dns.question.name'] ?? ''} ${attributes['waybill.dns.question.type'] ?? ''}?`.trim();
  if ('db.system.name' in attributes) return name;
  const path = attributes['url.path'];
  const method = attributes['http.request.method'];
  if (method && path) return `${method} ${path}`;
  return parent?.span.attributes[ATTR_WORKER_ID] ? `${name}` : name;
}

function answerOf({ span }: Row): string {
  const { attributes, error } = span;
  if (attributes[ATTR_DNS_ANSWER_KIND]) return String(attributes[ATTR_DNS_ANSWER_KIND]);
  const answers = attributes['dns.answers'];
  if (Array.isArray(answers))
    return answers.length > 0
      ? `${answers[0]}${answers.length > 1 ? ` +${answers.length - 1}` : ''}`
      : String(attributes['waybill.dns.response_code'] ?? '');
  if (attributes['http.response.status_code']) return String(attributes['http.response.status_code']);
  if (attributes['db.response.returned_rows'] !== undefined) return `${attributes['db.response.returned_rows']} rows`;
  if (error !== null) return `✗ ${attributes['error.type'] ?? error}`;
  return String(attributes[ATTR_DNS_CACHE] ?? '');
}
