// Framework and site (Django's job): the spans of the service `app`. One process is one worker.

import { SpanKind } from '@opentelemetry/api';
import * as semconv from '@opentelemetry/semantic-conventions';
import * as names from './names.ts';
import { defineSpan, type RecordedSpan, type SpanSpec } from './spec.ts';
import { count, failure, isTurnedDown, shown, text, time } from './telling.ts';

export const server = defineSpan({
  service: 'app',
  name: '{method} {route}',
  kind: SpanKind.SERVER,
  parents: ['gateway {method}', 'root'],
  sentence: 'The worker reads the letter and calls the framework.',
  story: {
    before: (span) =>
      span.error !== null && span.attributes[semconv.ATTR_HTTP_RESPONSE_STATUS_CODE] === undefined
        ? `The worker reads the letter and ends in the middle of it: ${failure(span)}.`
        : 'The worker reads the letter and calls the framework.',
  },
  place: 'worker',
  stage: 'framework',
  attributes: {
    [semconv.ATTR_HTTP_REQUEST_METHOD]: 'GET, POST …',
    [semconv.ATTR_URL_PATH]: 'the path asked for',
    [semconv.ATTR_URL_SCHEME]: 'http, or https where the visitor asked by HTTPS',
    [names.ATTR_MIDDLEWARE]: 'the middleware that did work, in order',
    [names.ATTR_ANSWERED_BY]:
      'view; or what answered before a view was called: urlresolver (404), csrf, common …; of a worker that crashed, what had the request then',
  },
  sometimes: {
    [names.ATTR_DEPLOYMENT_ID]: 'when the site was deployed: its release',
    [semconv.ATTR_HTTP_ROUTE]: 'when a pattern matched: that pattern',
    [semconv.ATTR_HTTP_RESPONSE_STATUS_CODE]: 'when an answer was begun',
    [semconv.ATTR_ERROR_TYPE]: 'the status from 500 on, the class of the exception, or client_gone',
    [names.ATTR_HTTP_REQUEST_HEAD]:
      'below 50 requests a second: the first line and the headers of the request; cookies are shortened',
    [names.ATTR_HTTP_RESPONSE_HEAD]:
      'below 50 requests a second, when a response was begun: its first line and headers',
  },
});

export const middleware = defineSpan({
  service: 'app',
  name: 'middleware {name}',
  parents: ['app {method} {route}'],
  presence: { attribute: names.ATTR_MIDDLEWARE, in: ['common', 'session', 'csrf', 'authentication'] },
  sentence:
    'Clerks look at every letter on its way in: who is it from, and is the seal (csrf token) genuine? On the way out they note what to remember.',
  story: {
    before: (span) => {
      const whose =
        span.attributes[names.ATTR_USER_NAME] === undefined ? '' : ` It is from ${text(span, names.ATTR_USER_NAME)}.`;
      return `The clerk “${span.name.replace('middleware ', '')}” looks at it (${text(span, names.ATTR_MIDDLEWARE_PHASE)}).${whose}`;
    },
  },
  refuses: ({ name }, { parent }) =>
    isTurnedDown(parent) && name === `middleware ${parent?.attributes[names.ATTR_ANSWERED_BY]}`,
  place: 'clerks',
  stage: 'framework',
  attributes: { [names.ATTR_MIDDLEWARE_PHASE]: 'when it worked: in, before view (a pattern was found), out' },
  sometimes: {
    [names.ATTR_USER_NAME]: 'when the session belongs to somebody',
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
    'Like a mail carrier checking house numbers, it goes down the list of patterns; the first that fits names the view.',
  story: {
    before: (span) => {
      const route = span.attributes[semconv.ATTR_HTTP_ROUTE];
      const { length } = span.events;
      return route === undefined
        ? `It goes down the list of ${count(length, 'pattern')}: none fits.`
        : `It goes down the list of patterns; number ${length} fits: “${shown(route)}”.`;
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
      const written = `The view ${span.name.replace('view ', '')} (${text(span, semconv.ATTR_CODE_FILE_PATH)}, line ${text(span, semconv.ATTR_CODE_LINE_NUMBER)})`;
      return span.error === null ? `${written} writes the answer.` : `${written} fails: ${failure(span)}.`;
    },
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
    before: (span) => {
      const isAllowed = span.attributes[names.ATTR_PERMISSION_ALLOWED] === true;
      return `Is that allowed (${span.name.replace('permission ', '')})? ${isAllowed ? 'Yes' : 'No'}: ${text(span, names.ATTR_PERMISSION_REASON)}.`;
    },
  },
  refuses: ({ attributes }) => attributes[names.ATTR_PERMISSION_ALLOWED] === false,
  place: 'permission',
  stage: 'framework',
  detail: [names.ATTR_PERMISSION_REASON],
  attributes: {
    [names.ATTR_PERMISSION_ALLOWED]: 'whether it is allowed',
    [names.ATTR_PERMISSION_REASON]: 'why, or why not',
  },
  sometimes: { [names.ATTR_USER_NAME]: 'when somebody is signed in' },
});

export const query = defineSpan({
  service: 'app',
  name: '{summary}',
  kind: SpanKind.CLIENT,
  parents: ['app view {name}', 'app middleware {name}', 'app permission {name}'],
  sentence: 'It looks something up in the database, or changes it.',
  story: {
    before: (span) => {
      const came = span.error === null ? `${rowsOf(span)} (${time(span)})` : failure(span);
      return `The database is asked: ${span.name}; ${came}.`;
    },
  },
  // what a migration asks is below it, or below the pipeline's task
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
    [semconv.ATTR_SERVER_ADDRESS]: 'when the database is a service of its own (PostgreSQL)',
    [semconv.ATTR_SERVER_PORT]: 'likewise',
    [semconv.ATTR_DB_NAMESPACE]: 'likewise: the name of the database',
  },
});

/** What a query did: how many rows it changed or returned; `done` for BEGIN, COMMIT and the like. */
function rowsOf({ attributes }: RecordedSpan): string {
  const affected = attributes[names.ATTR_DB_AFFECTED_ROWS];
  if (affected !== undefined) return `${count(Number(affected), 'row')} changed`;
  const returned = attributes[names.ATTR_DB_RESPONSE_RETURNED_ROWS];
  return returned === undefined ? 'done' : `${count(Number(returned), 'row')} came back`;
}

export const template = defineSpan({
  service: 'app',
  name: 'template {name}',
  parents: ['app view {name}', 'app {method} {route}', 'app middleware {name}'],
  sentence: 'The answer is written out, personalised for you.',
  story: {
    before: (span) => `${text(span, names.ATTR_TEMPLATE_NAME)} is filled in for you (${time(span)}).`,
  },
  place: 'template',
  stage: 'template',
  attributes: { [names.ATTR_TEMPLATE_NAME]: 'the template' },
  sometimes: { [semconv.ATTR_ERROR_TYPE]: 'when it could not be rendered' },
});

/** In the order of a journey. */
export const spans: readonly SpanSpec[] = [server, middleware, urlresolver, view, permission, query, template];
