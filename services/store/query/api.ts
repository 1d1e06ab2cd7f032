// The query API: Jaeger's public /api/v3 (v3.ts) and its older paths (older.ts), and for a browser a page that points to the lab's.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { log } from '../../../runtime/log.ts';
import { type Share, SharedBound, waitForShare } from '../../../runtime/net/shared-bound.ts';
import { MAX_BYTES } from '../storage/assemble.ts';
import type { TraceReader } from '../storage/storage.ts';
import { olderAnswer, olderRoutes } from './older.ts';
import { pointerPage } from './page.ts';
import { Refused, type Route } from './route.ts';
import { clientGone, sendJson, sendText, TEXT, wantsPretty } from './send.ts';
import { v3Routes } from './v3.ts';
import { BadValue } from './values.ts';

/** The most bytes of spans that answers may hold together: two of the largest traces. */
const IN_HAND_BYTES = 2 * MAX_BYTES;
/** Answers that hold less than this are not counted. */
const SMALL = 500_000;
/** How many queries are worked on at once. */
const AT_ONCE = 16;
/** For so long a query waits for its turn, and for room; then it is refused with 503. In ms. */
const WAITS = 5000;
/** After so long, in ms, a query or answer gives its place to one that waits: its client does not read, or it asks too much. */
const ALONE = 3000;

/** Makes the handler of the query API over `reader`; browsers are sent to `pageUrl`. */
export function createQueryApi(reader: TraceReader, pageUrl: string) {
  const routes = [...v3Routes(reader), ...olderRoutes(reader)];
  const [turns, inHand] = [new SharedBound(AT_ONCE), new SharedBound(IN_HAND_BYTES)];

  async function answer(found: FoundRoute, parameters: URLSearchParams, response: ServerResponse): Promise<void> {
    const [gone, tooLong] = [clientGone(response), new AbortController()];
    const signal = AbortSignal.any([gone, tooLong.signal]);
    const shares: Share[] = [];
    const acquire = async (bound: SharedBound, amount: number, takeBack: () => void) => {
      const given = () => bound.acquire(amount, { ms: ALONE, takeBack });
      const share = await waitForShare(given, { ms: WAITS, signal });
      if (share === undefined) throw tooMany();
      shares.push(share);
      return share;
    };
    const cut = () => void response.destroy();
    const hold = async (bytes: number) => void (bytes < SMALL || (await acquire(inHand, bytes, cut)));
    try {
      const turn = await acquire(turns, 1, () => tooLong.abort());
      const segment = decodeURIComponent(found.segment);
      const pieces = await found.answer({ parameters, segment, signal, response, hold });
      if (signal.aborted) throw tooMany();
      turn.release(); // what is left is for its client to read
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

function tooMany(): Refused {
  return new Refused(503, 'Too many queries at once. Try again in a moment.');
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
  const { status, message } = problemOf(error);
  if (status === undefined && !response.closed) log.error({ err: error }, 'a query failed');
  if (response.headersSent || response.destroyed) return void response.destroy();
  if (status === 503) response.setHeader('retry-after', '1');
  const code = status ?? 500;
  const body = isV3 ? { error: { httpCode: code, message } } : olderAnswer(null, { errors: [{ code, msg: message }] });
  sendText(response, code, TEXT, `${JSON.stringify(body)}\n`);
}

/** What is said of an error; no status when it is not the client's. */
function problemOf(error: unknown): { status?: number; message: string } {
  if (error instanceof BadValue || error instanceof URIError) return { status: 400, message: error.message };
  if (error instanceof Refused) return error;
  return { message: 'Internal error.' };
}
