// What the lab's own APIs answer when they do not do what was asked: {"error":{"code","message"}}, with its status.

import { type OutgoingHttpHeaders, type ServerResponse, STATUS_CODES } from 'node:http';
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

/** The whole answer that says `problem`, as bytes for a connection on which no request came. */
export function rawProblem(problem: Problem): string {
  const body = problemText(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...Object.entries(problem.headers).map(([name, value]) => `${name}: ${value}`),
    'Connection: close',
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

function problemText({ code, message }: Problem): string {
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
