// The query API: Jaeger's public /api/v3 (v3.ts) and its older paths (older.ts), and for a browser a page that points to the lab's.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { log } from '../../../runtime/log.ts';
import type { TraceReader } from '../storage/storage.ts';
import { olderAnswer, olderRoutes } from './older.ts';
import { pointerPage } from './page.ts';
import { Refused, type Route } from './route.ts';
import { clientGone, sendJson, sendText, TEXT, wantsPretty } from './send.ts';
import { v3Routes } from './v3.ts';
import { BadValue } from './values.ts';

/** Makes the handler of the query API over `reader`; browsers are sent to `pageUrl`. */
export function createQueryApi(reader: TraceReader, pageUrl: string) {
  const routes = [...v3Routes(reader), ...olderRoutes(reader)];

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [path = '', ...rest] = (request.url ?? '').split('?');
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const page = isRead ? pointerPage(path, pageUrl) : undefined;
    if (page !== undefined) return sendText(response, 200, 'text/html; charset=utf-8', page);
    const found = isRead ? findRoute(routes, path) : undefined;
    if (found === undefined) return sendText(response, 404, TEXT, '404 page not found\n');
    const parameters = new URLSearchParams(rest.join('?'));
    try {
      const segment = decodeURIComponent(found.segment);
      const pieces = await found.answer({ parameters, segment, signal: clientGone(request, response), response });
      await sendJson(response, pieces, wantsPretty(parameters));
    } catch (error) {
      sendError(response, error, path.startsWith('/api/v3/'));
    }
  };
}

function findRoute(routes: readonly Route[], path: string): { answer: Route[1]; segment: string } | undefined {
  for (const [shape, answer] of routes) {
    const match = shape.exec(path);
    if (match) return { answer, segment: match[1] ?? '' };
  }
  return undefined;
}

function sendError(response: ServerResponse, error: unknown, isV3: boolean): void {
  const { status, message } = problemOf(error);
  if (status === undefined && !response.closed) log.error({ err: error }, 'a query failed');
  if (response.headersSent) return void response.destroy();
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
