// How what a handler replies leaves: as JSON, as text, or piece by piece no faster than the client reads.

import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Reply } from './route.ts';

/** Sends `reply`; resolves when all of it has been handed over, or the client has gone. */
export async function sendReply(response: ServerResponse, { status, headers, body }: Reply): Promise<void> {
  if (response.destroyed || response.headersSent) return;
  const common = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };
  if (body === undefined) return void response.writeHead(status ?? 204, { ...common, ...headers }).end();
  if (isIterated(body)) {
    // nginx would hold the pieces back until its buffer is full.
    response.writeHead(status ?? 200, { ...common, 'x-accel-buffering': 'no', ...headers });
    // Its error ends the answer short, which the client sees; a client that goes ends the iteration.
    await pipeline(Readable.from(body), response).catch(() => {});
    return;
  }
  const [type, content] = contentOf(body);
  const length = Buffer.byteLength(content);
  response.writeHead(status ?? 200, { ...common, 'content-type': type, 'content-length': length, ...headers });
  response.end(content);
}

function isIterated(body: NonNullable<Reply['body']>): body is AsyncIterable<string | Uint8Array> {
  return typeof body === 'object' && Symbol.asyncIterator in body;
}

function contentOf(body: Exclude<NonNullable<Reply['body']>, AsyncIterable<unknown>>): [string, string | Uint8Array] {
  if (typeof body === 'string') return ['text/plain; charset=utf-8', body];
  if (body instanceof Uint8Array) return ['application/octet-stream', body];
  return ['application/json', `${JSON.stringify(body)}\n`];
}
