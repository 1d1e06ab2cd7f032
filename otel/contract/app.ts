// Framework and site (Django's job): the spans of the service `app`. One process is one worker.

import { SpanKind } from '@opentelemetry/api';
import * as semconv from '@opentelemetry/semantic-conventions';
import * as names from './names.ts';
import { atAnswer, count, failure, finishedIn, isTurnedDown, shown, text, time } from './phrases.ts';
import { BELOW_RATE, heads, stalls } from './request-attributes.ts';
import { defineSpan, type RecordedSpan, type SpanSpec } from './spec.ts';

export const server = defineSpan({
  service: 'app',
  name: '{method} {route}',
  kind: SpanKind.SERVER,
  parents: ['gateway {method}', 'root'],
  sentence: 'The worker reads the letter and calls the framework.',
  story: {
    before: () => 'The worker reads the letter and calls the framework.',
    after: atAnswer((answer) => `The framework has the ${answer} ready.`, 'The worker ends before it has answered'),
  },
  place: 'worker',
  stage: 'framework',
  attributes: {
    [semconv.ATTR_HTTP_REQUEST_METHOD]: 'GET, POST …',
    [semconv.ATTR_URL_PATH]: 'the path asked for',
    [semconv.ATTR_URL_SCHEME]: 'http, or https when the visitor used HTTPS',
    [names.ATTR_MIDDLEWARE]: 'the middleware that did work, in order',
    [names.ATTR_ANSWERED_BY]:
      'view; or what answered before a view was called: urlresolver (404), csrf, common …; in a worker that crashed: what was at work then',
  },
  sometimes: {
    ...stalls(BELOW_RATE),
    [names.ATTR_DEPLOYMENT_ID]: 'when the site was deployed: its release',
    [semconv.ATTR_HTTP_ROUTE]: 'when a pattern matched: that pattern',
    [semconv.ATTR_HTTP_RESPONSE_STATUS_CODE]: 'when an answer was begun',
    [semconv.ATTR_ERROR_TYPE]: 'the status from 500 on, the class of the exception, or client_gone',
    ...heads('of the request'),
  },
});

export const middleware = defineSpan({
  service: 'app',
  name: 'middleware {name}',
  parents: ['app {method} {route}'],
  presence: { attribute: names.ATTR_MIDDLEWARE, in: ['common', 'session', 'csrf', 'authentication'] },
  sentence:
    'Middleware checks every letter on its way in: who is it from, is its csrf token genuine? On the way out it sees every answer.',
  story: {
    before: (span) =>
      isOut(span)
        ? `On the way out, the middleware “${middlewareOf(span)}” looks at the answer.`
        : `The middleware “${middlewareOf(span)}” checks the letter.`,
    after: (span) => {
      const user = span.attributes[names.ATTR_USER_NAME];
      if (span.error !== null) return `The middleware “${middlewareOf(span)}” fails: ${failure(span)}.`;
      if (isOut(span)) return `The middleware “${middlewareOf(span)}” lets the answer pass.`;
      const whose = user === undefined ? '' : ` The letter is from ${shown(user)}.`;
      return `The middleware “${middlewareOf(span)}” is done.${whose}`;
    },
  },
  returns: isOut,
  refuses: ({ name }, { parent }) =>
    isTurnedDown(parent) && name === `middleware ${parent?.attributes[names.ATTR_ANSWERED_BY]}`,
  place: 'middleware',
  stage: 'framework',
  attributes: { [names.ATTR_MIDDLEWARE_PHASE]: 'when it worked: in, before view (a pattern was found), out' },
  sometimes: {
    [names.ATTR_USER_NAME]: 'when a user is signed in: the name',
    [semconv.ATTR_ERROR_TYPE]: 'when it failed: the class of the exception',
  },
  events: ['raised'],
});

export const urlresolver = defineSpan({
  service: 'app',
  name: 'urlresolver',
  parents: ['app {method} {route}'],
  presence: { attribute: names.ATTR_ANSWERED_BY, in: ['urlresolver', 'csrf', 'view'] },
  sentence:
    'Like a mail carrier who checks house numbers, the urlresolver goes down its list of patterns; the first that matches names the view.',
  story: {
    before: (span) => {
      const route = span.attributes[semconv.ATTR_HTTP_ROUTE];
      const { length } = span.events;
      return route === undefined
        ? `The URL list is checked from the top: none of ${count(length, 'pattern')} matches.`
        : `The URL list is checked from the top: pattern ${length} matches, “${shown(route)}”.`;
    },
  },
  refuses: ({ attributes }) => !(semconv.ATTR_HTTP_ROUTE in attributes),
  place: 'urls',
  stage: 'framework',
  attributes: {},
  sometimes: { [semconv.ATTR_HTTP_ROUTE]: 'when a pattern matched: that pattern' },
  events: ['pattern tried'],
});

export const view = defineSpan({
  service: 'app',
  name: 'view {name}',
  parents: ['app {method} {route}'],
  presence: { attribute: names.ATTR_ANSWERED_BY, in: ['view'] },
  sentence: 'The view writes the answer.',
  story: {
    before: (span) => {
      return `The view ${span.name.replace('view ', '')} (${text(span, semconv.ATTR_CODE_FILE_PATH)}, line ${text(span, semconv.ATTR_CODE_LINE_NUMBER)}) begins to write the answer.`;
    },
    after: (span, { parent = span }) =>
      span.error === null
        ? `The view hands the ${finishedIn(parent)} to the framework.`
        : `The view fails: ${failure(span)}.`,
  },
  refuses: (_, { parent }) => isTurnedDown(parent),
  place: 'view',
  stage: 'view',
  detail: [semconv.ATTR_CODE_FILE_PATH],
  attributes: {
    [semconv.ATTR_CODE_FUNCTION_NAME]: 'the function',
    [semconv.ATTR_CODE_FILE_PATH]: 'the file it is written in',
    [semconv.ATTR_CODE_LINE_NUMBER]: 'the line it begins at',
  },
  sometimes: { [semconv.ATTR_ERROR_TYPE]: 'when it failed: the class of the exception' },
  events: ['raised'],
});

export const permission = defineSpan({
  service: 'app',
  name: 'permission {name}',
  parents: ['app view {name}'],
  sentence: 'Are you allowed to do that?',
  story: {
    before: (span) => `Are you allowed to do that (${span.name.replace('permission ', '')})?`,
    after: (span) => {
      const isAllowed = span.attributes[names.ATTR_PERMISSION_ALLOWED] === true;
      return `${isAllowed ? 'Yes, you are allowed' : 'No, you are not allowed'}: ${text(span, names.ATTR_PERMISSION_REASON)}.`;
    },
  },
  returns: () => false,
  refuses: ({ attributes }) => attributes[names.ATTR_PERMISSION_ALLOWED] === false,
  place: 'permission',
  stage: 'framework',
  detail: [names.ATTR_PERMISSION_REASON],
  attributes: {
    [names.ATTR_PERMISSION_ALLOWED]: 'whether it is allowed',
    [names.ATTR_PERMISSION_REASON]: 'why, or why not',
  },
  sometimes: { [names.ATTR_USER_NAME]: 'when a user is signed in' },
});

export const query = defineSpan({
  service: 'app',
  name: '{summary}',
  kind: SpanKind.CLIENT,
  parents: [
    'app view {name}',
    'app middleware {name}',
    'app permission {name}',
    'app send {queue}',
    'app process {queue}',
  ],
  sentence: 'It looks something up in the database, or changes it.',
  story: {
    before: (span) => `The database gets a query: ${span.name}.`,
    after: (span) => `${resultOf(span)} (${time(span)}).`,
  },
  // a migration's queries are below it, or below the pipeline's task
  place: (_, { parent }) =>
    parent?.service === 'pipeline' || parent?.name.startsWith('migration ') ? 'tables' : 'database',
  stage: 'database',
  detail: [semconv.ATTR_DB_QUERY_TEXT],
  actor: () => 'database',
  attributes: {
    [semconv.ATTR_DB_SYSTEM_NAME]: 'sqlite or postgresql',
    [semconv.ATTR_DB_QUERY_TEXT]: 'the query, without its parameters',
    [semconv.ATTR_DB_QUERY_SUMMARY]: 'what it does to which table: SELECT job',
  },
  sometimes: {
    [names.ATTR_DB_RESPONSE_RETURNED_ROWS]: 'when it returns rows (SELECT): how many',
    [names.ATTR_DB_AFFECTED_ROWS]:
      'when it changes rows (INSERT, UPDATE, DELETE): how many; OpenTelemetry has no name for it',
    [semconv.ATTR_ERROR_TYPE]: 'when it failed: the code',
    [semconv.ATTR_SERVER_ADDRESS]: 'when the database is a service of its own (PostgreSQL): its address',
    [semconv.ATTR_SERVER_PORT]: 'when the database is a service of its own (PostgreSQL): its port',
    [semconv.ATTR_DB_NAMESPACE]: 'when the database is a service of its own (PostgreSQL): its name',
  },
});

export const template = defineSpan({
  service: 'app',
  name: 'template {name}',
  parents: ['app view {name}', 'app {method} {route}', 'app middleware {name}'],
  sentence: 'The answer is written out, personalised for you.',
  story: {
    before: (span) => `The template ${text(span, names.ATTR_TEMPLATE_NAME)} is filled in for you.`,
    after: (span) => {
      if (span.error !== null) return `The template cannot be filled in (${failure(span)}).`;
      const isErrorPage = /^\d{3}\./.test(text(span, names.ATTR_TEMPLATE_NAME));
      return isErrorPage ? 'The error page is written.' : 'The page is written, personalised for you.';
    },
  },
  place: 'template',
  stage: 'template',
  attributes: { [names.ATTR_TEMPLATE_NAME]: 'the template' },
  sometimes: { [semconv.ATTR_ERROR_TYPE]: 'when it could not be rendered' },
});

/** Of both sides of a message, as OpenTelemetry's conventions for messaging name them. */
const MESSAGE = {
  [names.ATTR_MESSAGING_SYSTEM]: 'database: a table of the site serves as the queue',
  [names.ATTR_MESSAGING_OPERATION_NAME]: 'send or process',
  [names.ATTR_MESSAGING_OPERATION_TYPE]: 'send or process',
  [names.ATTR_MESSAGING_DESTINATION_NAME]: 'the queue',
  [names.ATTR_MESSAGING_MESSAGE_ID]: 'the message: the key of its row',
} as const;

export const send = defineSpan({
  service: 'app',
  name: 'send {queue}',
  kind: SpanKind.PRODUCER,
  parents: ['app view {name}'],
  sentence:
    'The view writes a message for a background worker, with the context of this trace (traceparent) in it, and does not wait.',
  story: {
    before: (span) =>
      `The view leaves the work to a background worker: it puts a message into the queue “${text(span, names.ATTR_MESSAGING_DESTINATION_NAME)}”, with the context of this trace (traceparent) in it.`,
    after: (span) =>
      span.error === null
        ? 'The message is in the queue. The view goes on without waiting for the work.'
        : `The message is not in the queue: ${failure(span)}.`,
  },
  returns: () => false,
  place: 'background',
  stage: 'background',
  detail: [names.ATTR_MESSAGING_MESSAGE_ID],
  attributes: MESSAGE,
  sometimes: {
    [semconv.ATTR_ERROR_TYPE]: 'when there is no message in the queue: QueueFull, or the code of the query',
  },
});

export const process = defineSpan({
  service: 'app',
  name: 'process {queue}',
  kind: SpanKind.CONSUMER,
  parents: ['root'],
  sentence:
    'A background worker takes a message from the queue and does the work. Its trace is a new one, with a link to the span that sent the message: a parent would make the request seem to last until the work is done.',
  story: {
    before: (span) =>
      `A background worker takes a message from the queue “${text(span, names.ATTR_MESSAGING_DESTINATION_NAME)}”, where it has waited ${text(span, names.ATTR_QUEUE_WAIT)} ms. The visitor has had an answer since then, so this is a new trace: a link, not a parent, leads to the span that sent the message.`,
    after: (span) =>
      span.error === null
        ? 'The work is done: its result was stored, and the message deleted, in one transaction.'
        : `The work fails: ${failure(span)}. The message stays in the queue.`,
  },
  returns: () => false,
  place: 'background',
  stage: 'background',
  detail: [names.ATTR_MESSAGING_MESSAGE_ID],
  attributes: {
    ...MESSAGE,
    [names.ATTR_QUEUE_WAIT]: 'how long the message was in the queue, in ms',
    [names.ATTR_TASK_ATTEMPT]: 'which attempt it is, from 1: a message whose work failed is taken again',
  },
  sometimes: { [semconv.ATTR_ERROR_TYPE]: 'when the work failed: the code, or the class of the exception' },
});

function isOut(span: RecordedSpan): boolean {
  return span.attributes[names.ATTR_MIDDLEWARE_PHASE] === 'out';
}

function middlewareOf({ name }: RecordedSpan): string {
  return name.replace('middleware ', '');
}

function resultOf(span: RecordedSpan): string {
  const { attributes, error, name } = span;
  if (error !== null) return `The query fails: ${failure(span)}`;
  const changed = attributes[names.ATTR_DB_AFFECTED_ROWS];
  if (changed !== undefined) return `The database has changed ${count(Number(changed), 'row')}`;
  const returned = attributes[names.ATTR_DB_RESPONSE_RETURNED_ROWS];
  return returned === undefined ? `${name} is done` : `The database sends back ${count(Number(returned), 'row')}`;
}

/** In the order of a journey. */
export const spans: readonly SpanSpec[] = [
  server,
  middleware,
  urlresolver,
  view,
  permission,
  query,
  send,
  template,
  process,
];
