// Why a request can end without a worker's response.

import type { ServerResponse } from 'node:http';
import { defineFailures } from '../../runtime/failures.ts';
import { failurePage } from '../../runtime/http/failure-page.ts';
import { hasBody } from '../../runtime/http/headers.ts';
import { endAndLinger } from '../../runtime/http/linger.ts';

export const FAILURES = defineFailures({
  full: {
    status: 503,
    title: 'The queue is full',
    fix: 'Try again in a moment. See WAYBILL_QUEUE_DEPTH, or start more workers.',
  },
  timeout: {
    status: 503,
    title: 'No worker became free in time',
    fix: 'Try again in a moment. See WAYBILL_QUEUE_WAIT.',
  },
  worker_timeout: {
    status: 504,
    title: 'The worker did not answer in time',
    fix: 'Read its view; see WAYBILL_WORKER_TIMEOUT.',
  },
  worker_lost: {
    status: 502,
    title: 'The worker was lost before it had answered',
    fix: 'Its log says why; it is started again by itself.',
  },
  bad_answer: {
    status: 502,
    title: "The worker's answer is not HTTP as it should be",
    fix: 'The attempt span says what was wrong with it.',
  },
  bad_target: {
    status: 400,
    title: 'This address cannot be asked of a site',
    fix: 'Ask for a path, such as /letters/Ola/.',
  },
  bad_host: {
    status: 400,
    title: 'Malformed Host header',
    fix: 'Send exactly one: a name or an address, and a port where it is not the usual one.',
  },
  bad_request: {
    status: 400,
    title: 'The request cannot be passed on to a worker',
    fix: 'The attempt span says which part of it is malformed.',
  },
  body_too_large: { status: 413, title: 'The body is too long', fix: 'Send less; see WAYBILL_MAX_BODY.' },
  body_too_slow: {
    status: 408,
    title: 'The body did not arrive in time',
    fix: 'Send it in one go; see WAYBILL_BODY_TIMEOUT.',
  },
  body_broken: { status: 400, title: 'The body broke off', fix: 'Send as many bytes as its length says.' },
});

export type FailureCode = keyof typeof FAILURES;

/** Answers with the page that says so: plain HTML, no part of it taken from the request. Closes where that is not whole. */
export function answerFailure(response: ServerResponse, code: FailureCode): void {
  const { status } = FAILURES[code];
  const isWhole = response.req.complete || !hasBody(response.req.headers);
  const body = failurePage(FAILURES[code]);
  if (status === 503) response.setHeader('retry-after', '1');
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    ...(!isWhole && { connection: 'close' }),
  });
  if (isWhole) response.end(body);
  else endAndLinger(response, body);
}
