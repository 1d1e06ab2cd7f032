// The path of one request through the framework: Django's BaseHandler.
//
//   middleware, in → urlresolver → middleware, before view → view → middleware, out
//
// The first response ends the way in; an error becomes an error page. Each response, error pages included, passes on its way out
// the middleware that the request has passed on its way in.

import { ATTR_HTTP_ROUTE } from '@opentelemetry/semantic-conventions';
import { app } from '../../../otel/contract/index.ts';
import { type SpanOf, spanNameOf } from '../../../otel/contract/spec.ts';
import { type Database, openDatabase } from './database/database.ts';
import { errorPage } from './errors.ts';
import { HttpError, isAbort } from './http/errors.ts';
import { type Received, Request } from './http/request.ts';
import { Response } from './http/response.ts';
import { type Location, locate } from './location.ts';
import { Chain } from './middleware/chain.ts';
import type { Settings } from './settings.ts';
import { startTaskWorker } from './tasks.ts';
import { Templates } from './templates.ts';
import { NoPattern, resolve } from './urls/resolver.ts';
import { routesOf } from './urls/reverse.ts';
import { callView } from './view.ts';

/** The response to a request; `failure`: an unexpected error, if there was one. */
export type Result = { response: Response; failure?: unknown };

export class Application {
  readonly #settings: Settings;
  readonly #db: Database;
  readonly #templates: Templates;
  #locations: Promise<Map<unknown, Location>> | undefined;

  constructor(settings: Settings, db: Database) {
    this.#settings = settings;
    this.#db = db;
    this.#templates = new Templates(settings);
  }

  /** Finds the file and line of each view, once. It takes 0.2 s: called once the worker is up, not before. */
  locateViews(): Promise<Map<unknown, Location>> {
    this.#locations ??= locate(
      new Set(this.#settings.sites.flatMap(({ urls }) => routesOf(urls)).map(({ view }) => view)),
    );
    return this.#locations;
  }

  /** Responds to `received`, within `span`. Never throws: an error becomes a page. */
  async answer(received: Received, span: SpanOf<typeof app.server>): Promise<Result> {
    const { clock, maxBodyBytes } = this.#settings;
    const { traceId } = span.spanContext();
    const services = { db: this.#db, templates: this.#templates, now: clock, maxBodyBytes, traceId };
    const request = new Request(received, services);
    const chain = new Chain(this.#settings.middleware, request, span);
    let result: Result;
    try {
      result = { response: await this.#wayIn(request, chain, span) };
    } catch (error) {
      result = this.#errorResult(request, error);
    }
    try {
      await chain.leave(result.response);
    } catch (error) {
      result = this.#errorResult(request, error);
    }
    return result;
  }

  async #wayIn(request: Request, chain: Chain, span: SpanOf<typeof app.server>): Promise<Response> {
    const early = await chain.enter();
    if (early) return early;

    chain.setCurrent('urlresolver');
    const { match, tried } = resolve(request.site.urls, request.path);
    if (!match) throw new NoPattern(tried);
    const { method } = request;
    span.updateName(spanNameOf(app.server, { method, route: match.route })).setAttribute(ATTR_HTTP_ROUTE, match.route);

    const instead = await chain.beforeView();
    if (instead) return instead;

    chain.setCurrent('view');
    const locations = await this.locateViews();
    const location = locations.get(match.view) ?? { functionName: match.view.name, file: '', line: 0 };
    return callView(match, request, location);
  }

  #errorResult(request: Request, error: unknown): Result {
    if (isAbort(error) && request.signal.aborted) return { response: new Response('', { status: 499 }) }; // as nginx logs it
    const response = errorPage(request, error, this.#settings);
    return error instanceof HttpError ? { response } : { response, failure: error };
  }

  /** Starts a background worker for the site's tasks; returns how it is stopped. */
  startTaskWorker() {
    const { tasks = [], clock } = this.#settings;
    return startTaskWorker(this.#db, tasks, clock);
  }

  /** Closes the database. */
  async close(): Promise<void> {
    await this.#db.destroy();
  }
}

/** Makes an application and opens its database. */
export function createApplication(settings: Settings): Application {
  return new Application(settings, openDatabase(settings.database));
}
