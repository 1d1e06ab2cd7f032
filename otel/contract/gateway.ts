// The app-server gateway (gunicorn's job): the spans of the service `gateway`.

import { SpanKind } from '@opentelemetry/api';
import * as semconv from '@opentelemetry/semantic-conventions';
import * as names from './names.ts';
import { asks, atAnswer, count, failure, finishedIn, text, time } from './phrases.ts';
import { BELOW_RATE, heads, stalls } from './request-attributes.ts';
import { defineSpan, type SpanSpec } from './spec.ts';

export const server = defineSpan({
  service: 'gateway',
  name: '{method}',
  kind: SpanKind.SERVER,
  parents: ['proxy {method}', 'root'],
  sentence: 'The app server accepts the letter.',
  story: {
    before: () => 'The app server accepts the letter.',
    after: atAnswer(
      (answer) => `The app server hands the ${answer} back to the web server.`,
      'The app server has no answer',
    ),
  },
  place: 'gateway',
  stage: 'gateway',
  attributes: {
    [semconv.ATTR_HTTP_REQUEST_METHOD]: 'GET, POST …',
    [semconv.ATTR_URL_PATH]: 'the path asked for',
    [semconv.ATTR_URL_SCHEME]: 'http',
    [names.ATTR_QUEUE_OUTCOME]:
      'worker: a worker was found; full: the queue was full; timeout: it waited too long; abandoned: the client closed the connection; refused: its body was incomplete',
  },
  sometimes: {
    ...stalls(BELOW_RATE),
    [semconv.ATTR_HTTP_RESPONSE_STATUS_CODE]: 'when an answer was begun',
    [semconv.ATTR_ERROR_TYPE]: 'the status from 500 on, or what went wrong',
    ...heads('of the request'),
  },
});

export const queue = defineSpan({
  service: 'gateway',
  name: 'queue',
  parents: ['gateway {method}'],
  presence: { attribute: names.ATTR_QUEUE_OUTCOME, in: ['worker', 'full', 'timeout', 'abandoned'] },
  sentence: 'The letter waits until a worker is free.',
  story: {
    before: (span) => {
      if (span.error !== null) return `No worker is free: ${failure(span)}.`;
      const depth = Number(span.attributes[names.ATTR_QUEUE_DEPTH] ?? 0);
      return depth === 0 && span.duration < 2
        ? 'No queue: a worker is free right away.'
        : `It waits ${time(span)} in the queue for a free worker${depth === 0 ? '' : `, behind ${count(depth, 'other letter')}`}.`;
    },
  },
  place: 'queue',
  stage: 'queue',
  attributes: {
    [names.ATTR_QUEUE_DEPTH]: 'how many requests were already waiting',
    [names.ATTR_QUEUE_WAIT]: 'how long it waited, in ms',
  },
  sometimes: { [semconv.ATTR_ERROR_TYPE]: 'when no worker was found: full, timeout, abandoned' },
});

export const attempt = defineSpan({
  service: 'gateway',
  name: '{method}',
  kind: SpanKind.CLIENT,
  parents: ['gateway {method}'],
  presence: { attribute: names.ATTR_QUEUE_OUTCOME, in: ['worker'] },
  sentence: 'A free worker gets the letter, and works on this one only.',
  story: {
    before: (span) => {
      const resent = span.attributes[semconv.ATTR_HTTP_REQUEST_RESEND_COUNT] ? ' once more,' : '';
      if (span.attributes[names.ATTR_OWN_APP]) return `The app server hands the letter${resent} to your app.`;
      return `The app server gives the letter${resent} to worker ${text(span, names.ATTR_WORKER_ID)} (process ${text(span, names.ATTR_WORKER_PID)}).`;
    },
    after: (span, ...around) => {
      const isOwnApp = span.attributes[names.ATTR_OWN_APP];
      const worker = isOwnApp ? 'Your app' : text(span, names.ATTR_WORKER_ID);
      return atAnswer(
        () => `${worker} hands the ${finishedIn(span)} back to the app server.`,
        `No answer comes from ${isOwnApp ? 'your app' : 'this worker'}`,
      )(span, ...around);
    },
  },
  place: 'gateway',
  stage: 'gateway',
  title: (span, receiver) =>
    span.attributes[names.ATTR_WORKER_ID] === undefined
      ? asks('app')(span, receiver)
      : `→ ${span.attributes[names.ATTR_OWN_APP] ? 'your app' : text(span, names.ATTR_WORKER_ID)} ${span.name}`,
  attributes: {
    [semconv.ATTR_HTTP_REQUEST_METHOD]: 'GET, POST …',
    [semconv.ATTR_URL_FULL]: 'the address at the worker',
    [semconv.ATTR_SERVER_ADDRESS]: "the worker's address",
    [semconv.ATTR_SERVER_PORT]: "the worker's port",
    [names.ATTR_WORKER_ID]: 'which worker',
  },
  sometimes: {
    [names.ATTR_WORKER_PID]: 'its process id; absent when the lab did not start the app',
    [names.ATTR_OWN_APP]: 'when the request goes to your own app (--app), not to a worker of the lab',
    [semconv.ATTR_HTTP_RESPONSE_STATUS_CODE]: 'when an answer came',
    [semconv.ATTR_HTTP_REQUEST_RESEND_COUNT]: 'when an earlier worker was lost: how many times it was sent again',
    [semconv.ATTR_ERROR_TYPE]:
      'the status from 400 on; why no answer came: worker_lost, worker_timeout, bad_response, bad_request, app_unreachable, client_gone',
    ...heads('that the worker gets'),
    [semconv.ATTR_NETWORK_TRANSPORT]: 'unix: the request went through a Unix socket, as under `npm start`',
    [names.ATTR_FAULT]: 'when a fault was injected in the worker: which',
  },
  events: ['worker state changed'],
});

/** In the order of a journey. */
export const spans: readonly SpanSpec[] = [server, queue, attempt];
