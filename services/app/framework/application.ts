// The way of one request through the framework: Django's BaseHandler.
//
//   middleware, in → urlresolver → middleware, before view → view → middleware, out
//
// Whoever answers first ends the way in; what is thrown becomes an error page. Every answer, an error page too, passes
// those middleware on its way out that the request had passed on its way in.

import { type Database, openDatabase } from './database/database.ts';
import { errorPage } from './errors.ts';
import { HttpError, isAbort, NoPattern } from './http/errors.ts';
import { type Received, Request } from './http/request.ts';
import { Response } from './http/response.ts';
import { type Location, locate } from './location.ts';
import type { Middleware, Work } from './middleware/middleware.ts';
import type { Settings } from './settings.ts';
import { middlewareSpan, type Phase, type ServerSpan, urlresolverSpan, viewSpan } from './spans.ts';
import { Templates } from './templates.ts';
import { type Match, resolve } from './urls/resolver.ts';
import { routesOf } from './urls/reverse.ts';

export class Application {
  readonly settings: Settings;
  readonly db: Database;
  readonly templates: Templates;
  #locations: Promise<Map<unknown, Location>> | undefined;

  constructor(settings: Settings, db: Database) {
    this.settings = settings;
    this.db = db;
    this.templates = new Templates(settings);
  }

  /** Finds where the views are written, once. A debugger's work of 0.2 s: called as soon as the worker is up, not before. */
  locateViews(): Promise<Map<unknown, Location>> {
    const views = this.settings.sites.flatMap(({ urls }) => routesOf(urls)).map(({ view }) => view);
    this.#locations ??= locate([...new Set(views)]);
    return this.#locations;
  }

  get clock() {
    return this.settings.clock;
  }

  /** Answers what was received. Never throws: what goes wrong is a page, and told on `span`. */
  async answer(received: Received, span: ServerSpan): Promise<Response> {
    const request = new Request(received, this, span.traceId);
    const way: Way = { entered: [], worked: [], answeredBy: 'view' };
    const problem = (error: unknown) => {
      if (request.signal.aborted && isAbort(error)) return new Response('', { status: 499 }); // as nginx has it in its log
      if (!(error instanceof HttpError)) span.failed(error);
      return errorPage(request, error);
    };
    let response: Response;
    try {
      response = await this.#wayIn(request, way, span);
    } catch (error) {
      response = problem(error);
    }
    try {
      await this.#wayOut(request, response, way);
    } catch (error) {
      response = problem(error);
    }
    span.answered(way.answeredBy, way.worked);
    return response;
  }

  async #wayIn(request: Request, way: Way, span: ServerSpan): Promise<Response> {
    const { middleware } = this.settings;
    for (const each of middleware) {
      const { name, enter } = each;
      way.entered.push(each);
      way.answeredBy = name;
      const early = await enter?.(request, work(name, 'in', request, way));
      if (early) return early;
    }

    way.answeredBy = 'urlresolver';
    const { match, tried } = urlresolverSpan(() => resolve(request.site.urls, request.path));
    if (!match) throw new NoPattern(tried);
    span.matched(match.route);

    for (const { name, beforeView } of middleware) {
      way.answeredBy = name;
      const early = await beforeView?.(request, work(name, 'before view', request, way));
      if (early) return early;
    }

    way.answeredBy = 'view';
    return this.#call(match, request);
  }

  async #call({ view, params, name }: Match, request: Request): Promise<Response> {
    const locations = await this.locateViews();
    const location = locations.get(view) ?? { functionName: view.name, file: '', line: 0 };
    return viewSpan(name, location, () => view(request, params));
  }

  async #wayOut(request: Request, response: Response, way: Way): Promise<void> {
    for (const { name, leave } of way.entered.toReversed()) {
      await leave?.(request, response, work(name, 'out', request, way));
    }
  }

  /** Ends the database's connections. */
  async close(): Promise<void> {
    await this.db.destroy();
  }
}

type Way = {
  /** The middleware that it has passed on its way in. */
  entered: Middleware[];
  /** The middleware that did work. */
  worked: string[];
  /** Who has the request in hand; in the end, who answered. */
  answeredBy: string;
};

function work(name: string, phase: Phase, request: Request, way: Way): Work {
  return (step) => {
    way.worked.push(name);
    return middlewareSpan(name, phase, () => request.user?.name, step);
  };
}

/** Makes an application and opens its database. */
export function createApplication(settings: Settings): Application {
  return new Application(settings, openDatabase(settings.database));
}
