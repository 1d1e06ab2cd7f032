// The error response of the lab's own APIs: {"error":{"code","message"}}, with its status.

import { type OutgoingHttpHeaders, type ServerResponse, STATUS_CODES } from 'node:http';
import { endAndLinger } from './linger.ts';

/** A request that is not done: its status, a code for programs, a sentence for people. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: OutgoingHttpHeaders;

  constructor(status: number, code: string, message: string, headers: OutgoingHttpHeaders = {}) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

/** The whole response with `apiError`, as bytes for a connection on which no request came. */
export function rawApiError(apiError: ApiError): string {
  const body = bodyOf(apiError);
  const head = [
    `HTTP/1.1 ${apiError.status} ${STATUS_CODES[apiError.status]}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...Object.entries(apiError.headers).map(([name, value]) => `${name}: ${value}`),
    'Connection: close',
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

function bodyOf({ code, message }: ApiError): string {
  return `${JSON.stringify({ error: { code, message } })}\n`;
}

/** Answers with `apiError`; when an answer has begun already, breaks it off. */
export function sendApiError(response: ServerResponse, apiError: ApiError): void {
  if (response.headersSent) return void response.destroy();
  const { req: request } = response;
  const body = bodyOf(apiError);
  response.writeHead(apiError.status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...apiError.headers,
    ...(!request.complete && { connection: 'close' }),
  });
  if (request.complete) response.end(body);
  else endAndLinger(response, body);
}
