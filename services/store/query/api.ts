// The query API: Jaeger's public /api/v3 (v3.ts) and its older paths (older.ts), and for a browser a page that points to the lab's.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApiError } from '../../../runtime/http/api-error.ts';
import { log } from '../../../runtime/log.ts';
import { type Share, SharedBound, waitForShare } from '../../../runtime/net/shared-bound.ts';
import { MAX_BYTES } from '../storage/assemble.ts';
import type { TraceReader } from '../storage/storage.ts';
import { olderAnswer, olderRoutes } from './older.ts';
import { pointerPage } from './page.ts';
import type { Route } from './route.ts';
import { clientGone, sendJson, sendText, TEXT, wantsPretty } from './send.ts';
import { v3Routes } from './v3.ts';

/** The maximum size of the spans in memory for responses, together: two of the largest traces. */
const MAX_HELD_BYTES = 2 * MAX_BYTES;
/** Responses with less than this are not counted. */
const MIN_COUNTED_BYTES = 500_000;
const MAX_CONCURRENT_QUERIES = 16;
/** How long a query waits for its turn, and for memory, until it is refused with 503. */
const WAIT_MS = 5000;
/** After this time a query or response can be ended in favour of a waiting one: its client does not read, or it takes too long. */
const PROTECTED_MS = 3000;

/** Makes the handler of the query API over `reader`; browsers are sent to `pageUrl`. */
export function createQueryApi(reader: TraceReader, pageUrl: string) {
  const routes = [...v3Routes(reader), ...olderRoutes(reader)];
  const [turns, memory] = [new SharedBound(MAX_CONCURRENT_QUERIES), new SharedBound(MAX_HELD_BYTES)];

  async function answer(found: FoundRoute, parameters: URLSearchParams, response: ServerResponse): Promise<void> {
    const [gone, tooLong] = [clientGone(response), new AbortController()];
    const signal = AbortSignal.any([gone, tooLong.signal]);
    const shares: Share[] = [];
    const acquire = async (bound: SharedBound, amount: number, takeBack: () => void) => {
      const free = () => bound.acquire(amount, { ms: PROTECTED_MS, takeBack });
      const share = await waitForShare(free, { ms: WAIT_MS, signal });
      if (share === undefined) throw tooMany();
      shares.push(share);
      return share;
    };
    const cut = () => void response.destroy();
    const hold = async (bytes: number) => void (bytes < MIN_COUNTED_BYTES || (await acquire(memory, bytes, cut)));
    try {
      const turn = await acquire(turns, 1, () => tooLong.abort());
      const segment = decodeURIComponent(found.segment);
      const pieces = await found.answer({ parameters, segment, signal, response, hold });
      if (signal.aborted) throw tooMany();
      turn.release(); // what is left is for the client to read
      await sendJson(response, pieces, wantsPretty(parameters));
    } finally {
      for (const share of shares) share.release();
    }
  }

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [path = '', ...rest] = (request.url ?? '').split('?');
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const page = isRead ? pointerPage(path, pageUrl) : undefined;
    if (page !== undefined) return sendText(response, 200, 'text/html; charset=utf-8', page);
    const found = isRead ? findRoute(routes, path) : undefined;
    if (found === undefined) return sendText(response, 404, TEXT, '404 page not found\n');
    try {
      await answer(found, new URLSearchParams(rest.join('?')), response);
    } catch (error) {
      sendError(response, error, path.startsWith('/api/v3/'));
    }
  };
}

function tooMany(): ApiError {
  return new ApiError(503, 'busy', 'Too many queries at once. Try again in a moment.');
}

type FoundRoute = { answer: Route[1]; segment: string };

function findRoute(routes: readonly Route[], path: string): FoundRoute | undefined {
  for (const [shape, answer] of routes) {
    const match = shape.exec(path);
    if (match) return { answer, segment: match[1] ?? '' };
  }
  return undefined;
}

function sendError(response: ServerResponse, error: unknown, isV3: boolean): void {
  const known = error instanceof URIError ? new ApiError(400, 'bad_path', error.message) : error;
  const { status: code, message } =
    known instanceof ApiError ? known : new ApiError(500, 'internal', 'Internal error.');
  if (!(known instanceof ApiError) && !response.closed) log.error({ err: error }, 'a query failed');
  if (response.headersSent || response.destroyed) return void response.destroy();
  if (code === 503) response.setHeader('retry-after', '1');
  const body = isV3 ? { error: { httpCode: code, message } } : olderAnswer(null, { errors: [{ code, msg: message }] });
  sendText(response, code, TEXT, `${JSON.stringify(body)}\n`);
}
