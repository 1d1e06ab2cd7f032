// What the lab's own APIs answer when they do not do what was asked: {"error":{"code","message"}}, with its status.

import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { endAndLinger } from './linger.ts';

/** A request that is not done: its status, a code for programs, a sentence for people. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: OutgoingHttpHeaders;

  constructor(status: number, code: string, message: string, headers: OutgoingHttpHeaders = {}) {
    super(message);
    this.name = 'Problem';
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

/** The body of the answer that says `problem`. */
export function problemText({ code, message }: Problem): string {
  return `${JSON.stringify({ error: { code, message } })}\n`;
}

/** Answers with `problem`; when an answer has begun already, breaks it off. */
export function sendProblem(response: ServerResponse, problem: Problem): void {
  if (response.headersSent) return void response.destroy();
  const { req: request } = response;
  const body = problemText(problem);
  response.writeHead(problem.status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...problem.headers,
    ...(!request.complete && { connection: 'close' }),
  });
  if (request.complete) response.end(body);
  else endAndLinger(response, body);
}
