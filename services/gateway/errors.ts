// Why a request can end without a worker's response.

import type { ServerResponse } from 'node:http';
import { defineFailures } from '../../runtime/failures.ts';
import { failurePage } from '../../runtime/http/failure-page.ts';
import { hasBody } from '../../runtime/http/headers.ts';
import { endAndLinger } from '../../runtime/http/linger.ts';

const SEE_ATTEMPT = 'Open the GET of the gateway that is drawn as "→ app-…" (or "→ your app") in the trace: it says';

export const FAILURES = defineFailures({
  full: {
    status: 503,
    title: 'Queue full',
    fix: 'Try again in a moment. If it happens often, start more workers, or raise WAYBILL_QUEUE_DEPTH: more requests may wait.',
  },
  timeout: {
    status: 503,
    title: 'No free worker in time',
    fix: 'Try again in a moment. To wait longer, raise WAYBILL_QUEUE_WAIT.',
  },
  worker_timeout: {
    status: 504,
    title: 'Worker timeout',
    fix: "Look in the worker's log and in the view of this address for a loop or a slow call. WAYBILL_WORKER_TIMEOUT sets the limit.",
  },
  worker_lost: {
    status: 502,
    title: 'Worker closed the connection',
    fix: "Try again in a moment: the worker is restarted. The worker's log says why it ended.",
  },
  bad_response: {
    status: 502,
    title: 'Invalid response from worker',
    fix: `${SEE_ATTEMPT} what is wrong with the response.`,
  },
  app_unset: {
    status: 503,
    title: 'No app is set for this site',
    fix: 'Start your own app and run: npm run app -- http://127.0.0.1:8000',
  },
  app_unreachable: {
    status: 502,
    title: 'Your app is not reachable',
    fix: 'Start it, or correct its address. npm run app shows where the lab looks for it.',
  },
  bad_target: {
    status: 400,
    title: 'Malformed request target',
    fix: 'Send a path, such as /letters/Ola/, or an http:// URL.',
  },
  bad_host: {
    status: 400,
    title: 'Malformed Host header',
    fix: 'Send exactly one: a name or an address, and a port where it is not the usual one.',
  },
  bad_request: {
    status: 400,
    title: 'Malformed request',
    fix: `${SEE_ATTEMPT} which part of the request is malformed.`,
  },
  body_too_large: { status: 413, title: 'Request body too large', fix: 'Send less, or raise WAYBILL_MAX_BODY.' },
  body_too_slow: {
    status: 408,
    title: 'Request body timeout',
    fix: 'Send the whole body at once, or raise WAYBILL_BODY_TIMEOUT.',
  },
  body_broken: {
    status: 400,
    title: 'Incomplete request body',
    fix: 'Send as many bytes as Content-Length says, in valid chunks if it is chunked.',
  },
});

export type FailureCode = keyof typeof FAILURES;

/** Answers with the error page of `code`, without any part of the request. Closes the connection if that is not complete. */
export function answerFailure(response: ServerResponse, code: FailureCode): void {
  const { status } = FAILURES[code];
  const isComplete = response.req.complete || !hasBody(response.req.headers);
  const body = failurePage(FAILURES[code]);
  if (status === 503) response.setHeader('retry-after', '1');
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    ...(!isComplete && { connection: 'close' }),
  });
  if (isComplete) response.end(body);
  else endAndLinger(response, body);
}
