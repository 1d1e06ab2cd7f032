// The pages: every address of the journey page answers the same document, and below /assets/ are its files.

import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { type Reply, type Route, route } from '../../../runtime/control/route.ts';
import { Problem } from '../../../runtime/http/problem.ts';
import { serviceStyles } from '../../../traces/service-styles.ts';
import { documentReply, PLAIN_STYLE, type PlainPage } from '../page/document.ts';
import { homePage } from '../page/home-page.ts';
import { tracePage } from '../page/trace-page.ts';
import type { VisitorParts } from '../parts.ts';

const PLAIN_CSS = serviceStyles() + readFileSync(join(import.meta.dirname, '../page/plain.css'), 'utf8');

/** How long the page of a trace that has not arrived whole waits for it, in ms; the journey page fills in by itself. */
const PATIENCE = 2000;

/** After a first start the journey page is being built; so long after it, in ms, it is there, or could not be. */
const BUILDING = 15_000;

/** The journey page's addresses that have nothing of their own for those without scripts. */
const VIEWS = ['/compare', '/compare/:pair', '/again/:scenario', '/open'];

/** The routes of pages and their files. */
export function pageRoutes({ config, built }: VisitorParts): Route[] {
  const shown = (plain: PlainPage): Reply => documentReply(plain, built.manifest());
  const needsScript = () => shown(NEEDS_SCRIPT);
  const isSoonBuilt = () => built.manifest() === undefined && performance.now() < BUILDING;

  return [
    route('GET /', () => shown({ ...homePage(config.jaegerPageUrl), again: isSoonBuilt() })),
    route('GET /traces/:id', async ({ params }) =>
      shown(await tracePage(params.id, config.jaegerUrl, built.manifest() ? 0 : PATIENCE)),
    ),
    ...VIEWS.map((path) => route(`GET ${path}`, needsScript)),
    route(`GET ${PLAIN_STYLE}`, () => ({ headers: { 'content-type': 'text/css; charset=utf-8' }, body: PLAIN_CSS })),
    route('GET /assets/:file', ({ params, request }) => {
      const file = built.file(params.file, request.headers['accept-encoding']?.toString());
      if (file === undefined) throw new Problem(404, 'not_found', 'The page has no such file');
      return file;
    }),
  ];
}

/** What a browser is shown at an address that the visitor does not have; a program is told in JSON. */
export function unknownPage({ built }: Pick<VisitorParts, 'built'>): (request: IncomingMessage) => Reply | undefined {
  const html = '<p>There is nothing at this address. <a href="/">To the first page</a></p>';
  const page = (): Reply => documentReply({ status: 404, title: 'Nothing is here', html }, built.manifest());
  return (request) => (request.method === 'GET' && wantsPage(request) ? page() : undefined);
}

/** Whether a browser asks for a page to show, where the same address answers a program with JSON. */
export function wantsPage({ headers }: IncomingMessage): boolean {
  return headers.accept?.includes('text/html') ?? false;
}

/** The document of a view that is nothing without scripts. */
export const NEEDS_SCRIPT: PlainPage = {
  status: 200,
  title: 'Waybill',
  html: '<p>This view needs JavaScript, and the journey page built. <a href="/">What can be done without</a></p>',
};
