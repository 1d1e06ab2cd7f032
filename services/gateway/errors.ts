// Why a letter can end without a worker's answer.

import type { ServerResponse } from 'node:http';

/** Each failure: its code (on spans and in the log), the status answered, what it means, what to do. */
export const FAILURES = {
  full: [503, 'The queue is full', 'Try again in a moment. See WAYBILL_QUEUE_DEPTH, or start more workers.'],
  timeout: [503, 'No worker became free in time', 'Try again in a moment. See WAYBILL_QUEUE_WAIT.'],
  worker_timeout: [504, 'The worker did not answer in time', 'Read its view; see WAYBILL_WORKER_TIMEOUT.'],
  worker_lost: [502, 'The worker was lost before it had answered', 'Its log says why; it is started again by itself.'],
  bad_answer: [502, "The worker's answer is not HTTP as it should be", 'The attempt span says what was wrong with it.'],
  bad_target: [400, 'This address cannot be asked of a site', 'Ask for a path, such as /letters/Ola/.'],
} as const satisfies Record<string, readonly [status: number, title: string, todo: string]>;

export type FailureCode = keyof typeof FAILURES;

/** Answers with the page that says so: plain HTML, no part of it taken from the request. */
export function answerFailure(response: ServerResponse, code: FailureCode): void {
  const [status, title, todo] = FAILURES[code];
  const body = `<!doctype html>\n<html lang="en"><title>${title}</title>\n<h1>${title}</h1>\n<p>${todo}</p>\n`;
  if (status === 503) response.setHeader('retry-after', '1');
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}
