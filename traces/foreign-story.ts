// The sentences of spans that the contract does not know: of the learner's own app, its database, and the programs that it calls.

import { SpanKind } from '@opentelemetry/api';
import { count, failure, time } from '../otel/contract/phrases.ts';
import type { Story } from '../otel/contract/spec.ts';
import { httpFacts, peerOf, querySummary } from './conventions.ts';
import { type ForeignRole, foreignRole } from './foreign.ts';
import { shownName } from './model.ts';
import { receiverOf } from './titles.ts';
import type { SpanNode } from './tree.ts';

/** What a span of another program says as it begins and at its end; nothing for one of the lab's process. */
export function foreignStory(node: SpanNode): Story {
  const role = foreignRole(node);
  const isSilent = role === undefined || 'asgi.event.type' in node.span.attributes; // FastAPI: a span for each piece sent
  const [before, after = ''] = isSilent ? [''] : SENTENCES[role](node);
  return { before: () => before, after: () => after };
}

/** The name of the program that a span is of, or that it calls; `?` where no span has it. */
export function foreignName(node: SpanNode): string {
  const { service, attributes } = node.span;
  if (foreignRole(node) !== 'client') return shownName(service);
  return receiverOf(node) ?? peerOf(attributes) ?? '?';
}

type Sentences = (node: SpanNode) => [before: string, after?: string];

const SENTENCES: Record<ForeignRole, Sentences> = {
  server: (node) => handles(node, `Your app (${shownName(node.span.service)})`),
  callee: (node) => (node.span.kind === SpanKind.SERVER ? handles(node, shownName(node.span.service)) : ['']),
  client: (node) => [
    `${shownName(node.span.service)} calls ${foreignName(node)}: ${node.span.name}.`,
    // Where the called program has left a span, that says how it answered.
    receiverOf(node) === undefined ? answered(node, foreignName(node)) : '',
  ],
  database: ({ span }) => [
    `The database gets a query: ${querySummary(span)}.`,
    span.error === null
      ? `${querySummary(span)} is done (${time(span)})${rowsOf(span.attributes['db.response.returned_rows'])}.`
      : `The query fails: ${failure(span)} (${time(span)}).`,
  ],
  middleware: ({ span }) => [`Middleware checks the letter: ${span.name}.`],
  router: ({ span }) => [`The url list is checked: ${span.name}.`],
  view: ({ span }) => [`${viewOf(span.name)} begins to write the answer.`, failed(viewOf(span.name), span.error)],
  template: ({ span }) => [
    `A template is filled in: ${shownName(String(span.attributes['jinja2.template_name'] ?? span.name))}.`,
  ],
  step: ({ span }) => [
    `${shownName(span.service)} begins a step: ${shownName(span.name)}.`,
    failed(`The step ${shownName(span.name)}`, span.error),
  ],
};

function handles(node: SpanNode, program: string): [string, string] {
  const { name, attributes } = node.span;
  const { method, url } = httpFacts(attributes);
  const path = url === null ? '' : (URL.parse(url)?.pathname ?? url);
  const route = attributes['http.route'];
  const matched = route === undefined ? '' : `; the pattern “${route}” matches`;
  return [
    `${program} gets the letter: ${method === null ? name : `${method} ${path}`.trim()}${matched}.`,
    answered(node, program),
  ];
}

function answered({ span }: SpanNode, program: string): string {
  const { status } = httpFacts(span.attributes);
  if (status === null && span.error !== null) return `${program} fails: ${failure(span)} (${time(span)}).`;
  return `${program} answers${status === null ? '' : `: ${status}`} (${time(span)}).`;
}

function viewOf(name: string): string {
  return `The view ${name.replace(/^view /, '')}`;
}

function failed(subject: string, error: string | null): string {
  return error === null ? '' : `${subject} fails: ${error || 'no reason was recorded'}.`;
}

function rowsOf(rows: unknown): string {
  return rows === undefined ? '' : `: ${count(Number(rows), 'row')}`;
}
