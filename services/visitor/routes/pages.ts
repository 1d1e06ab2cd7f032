// The pages: every address of the journey page returns the same document, and below /assets/ are its files.

import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { type Reply, type Route, route } from '../../../runtime/control/route.ts';
import { ApiError } from '../../../runtime/http/api-error.ts';
import { serviceStyles } from '../../../traces/service-styles.ts';
import type { BuiltPage } from '../page/built.ts';
import { documentReply, PLAIN_STYLE, type PlainPage } from '../page/document.ts';
import { homePage } from '../page/home-page.ts';
import { tracePage } from '../page/trace-page.ts';
import type { VisitorParts } from '../parts.ts';

const PLAIN_CSS = serviceStyles() + readFileSync(join(import.meta.dirname, '../page/plain.css'), 'utf8');

/** How long the plain page of a trace waits for it to be complete, in ms; the journey page loads the rest by itself. */
const TRACE_TIMEOUT_MS = 2000;

/** At its first start the lab builds the journey page; until then, at most so long in ms, the plain page reloads itself. */
const MAX_BUILD_MS = 120_000;

/** The journey page's addresses that have no content for browsers without scripts. */
const VIEWS = ['/compare', '/compare/:pair', '/again/:scenario', '/sets/:ids', '/class', '/open'];

export function pageRoutes({ config, built }: VisitorParts): Route[] {
  const document = (plain: PlainPage): Reply => documentReply(plain, built.manifest());
  const isBuilding = () => built.manifest() === undefined && performance.now() < MAX_BUILD_MS;

  return [
    route('GET /', () => document(homePage(config.jaegerPageUrl, isBuilding()))),
    route('GET /traces/:id', async ({ params }) =>
      document(await tracePage(params.id, config.jaegerUrl, built.manifest() ? 0 : TRACE_TIMEOUT_MS)),
    ),
    ...VIEWS.map((path) => route(`GET ${path}`, () => document(NEEDS_SCRIPT))),
    route(`GET ${PLAIN_STYLE}`, () => ({ headers: { 'content-type': 'text/css; charset=utf-8' }, body: PLAIN_CSS })),
    route('GET /assets/:file', ({ params, request }) => {
      const file = built.file(params.file, request.headers['accept-encoding']?.toString());
      if (file === undefined) throw new ApiError(404, 'not_found', 'File not found: the journey page has no such file');
      return file;
    }),
  ];
}

/** The 404 page for a browser; a program gets the error in JSON. */
export function notFoundPage({ built }: Pick<VisitorParts, 'built'>): (request: IncomingMessage) => Reply | undefined {
  const html = '<p>There is no page at this address. <a href="/">Go to the home page</a></p>';
  const page = () => documentReply({ status: 404, title: 'Page not found', html }, built.manifest());
  return (request) => (request.method === 'GET' && wantsPage(request) ? page() : undefined);
}

/** The journey page for a browser, for a program what `json` returns: both at the same address. */
export async function pageOr(json: () => object, request: IncomingMessage, built: BuiltPage): Promise<Reply> {
  if (wantsPage(request)) return documentReply(NEEDS_SCRIPT, built.manifest());
  return { headers: { vary: 'Accept' }, body: await json() };
}

function wantsPage({ headers }: IncomingMessage): boolean {
  return headers.accept?.includes('text/html') ?? false;
}

const NEEDS_SCRIPT: PlainPage = {
  status: 200,
  title: 'Waybill',
  html: '<p>This page needs JavaScript, and the journey page must be built. <a href="/">The home page works without</a></p>',
};
