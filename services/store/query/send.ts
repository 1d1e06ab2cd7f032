// Sends a response: a small one at once, with its length; a large one piece by piece, as fast as the client reads.

import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate as turn } from 'node:timers/promises';

export const TEXT = 'text/plain; charset=utf-8';

/** Characters in a piece; and the most that `prettyPrint` formats, which needs the whole response. */
const PIECE = 65_536;
const PRETTY = 4_000_000;

/** Sends 200 and the JSON in `pieces`. With `prettyPrint`, a response that is not too large is indented. */
export async function sendJson(
  response: ServerResponse,
  pieces: Iterable<string>,
  prettyPrint: boolean,
): Promise<void> {
  const [size, type] = [prettyPrint ? PRETTY : PIECE, 'application/json'];
  const groups = grouped(pieces, size);
  const first = groups.next().value ?? '';
  if (first.length < size) {
    return sendText(response, 200, type, prettyPrint ? JSON.stringify(JSON.parse(first), null, 4) : first);
  }
  response.writeHead(200, { 'content-type': type });
  response.write(first);
  await pipeline(Readable.from(inTurns(groups)), response);
}

/** Sends a text. */
export function sendText(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

/** Whether a request has `prettyPrint`, as Jaeger reads it. */
export function wantsPretty(parameters: URLSearchParams): boolean {
  return !['', 'false'].includes(parameters.get('prettyPrint') ?? '');
}

/** Aborts when the client has gone. */
export function clientGone(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  if (response.destroyed) gone.abort();
  return gone.signal;
}

/** Yields to the event loop after each group, which a fast reader alone would not. */
async function* inTurns(groups: Iterable<string>): AsyncGenerator<string> {
  for (const group of groups) {
    yield group;
    await turn();
  }
}

function* grouped(pieces: Iterable<string>, size: number): Generator<string> {
  let text = '';
  for (const piece of pieces) {
    text += piece;
    if (text.length < size) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}
