// The way of one request through the framework: Django's BaseHandler.
//
//   middleware, in → urlresolver → middleware, before view → view → middleware, out
//
// Whoever answers first ends the way in; what is thrown becomes an error page. Every answer, an error page too, passes those
// middleware on its way out that the request has passed on its way in.

import { ATTR_HTTP_ROUTE } from '@opentelemetry/semantic-conventions';
import { app } from '../../../otel/contract/index.ts';
import { nameOf, type SpanOf } from '../../../otel/contract/spec.ts';
import { type Database, openDatabase } from './database/database.ts';
import { errorPage } from './errors.ts';
import { HttpError, isAbort } from './http/errors.ts';
import { type Received, Request } from './http/request.ts';
import { Response } from './http/response.ts';
import { type Location, locate } from './location.ts';
import { Chain } from './middleware/chain.ts';
import type { Settings } from './settings.ts';
import { Templates } from './templates.ts';
import { NoPattern, resolve } from './urls/resolver.ts';
import { routesOf } from './urls/reverse.ts';
import { callView } from './view.ts';

/** The answer to a request; `failure`: what nobody meant to happen, if something did. */
export type Handled = { response: Response; failure?: unknown };

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

  /** Finds where the views are written, once. A debugger's work of 0.2 s: called as soon as the worker is up, not before. */
  locateViews(): Promise<Map<unknown, Location>> {
    this.#locations ??= locate(
      new Set(this.#settings.sites.flatMap(({ urls }) => routesOf(urls)).map(({ view }) => view)),
    );
    return this.#locations;
  }

  /** Answers what was received, inside of `span`, on which it tells how. Never throws: what goes wrong is a page. */
  async answer(received: Received, span: SpanOf<typeof app.server>): Promise<Handled> {
    const { clock, maxBodyBytes } = this.#settings;
    const { traceId } = span.spanContext();
    const lent = { db: this.#db, templates: this.#templates, now: clock, maxBodyBytes, traceId };
    const request = new Request(received, lent);
    const chain = new Chain(this.#settings.middleware, request, span);
    let handled: Handled;
    try {
      handled = { response: await this.#wayIn(request, chain, span) };
    } catch (error) {
      handled = this.#problem(request, error);
    }
    try {
      await chain.leave(handled.response);
    } catch (error) {
      handled = this.#problem(request, error);
    }
    return handled;
  }

  async #wayIn(request: Request, chain: Chain, span: SpanOf<typeof app.server>): Promise<Response> {
    const refused = await chain.enter();
    if (refused) return refused;

    chain.hold('urlresolver');
    const { match, tried } = resolve(request.site.urls, request.path);
    if (!match) throw new NoPattern(tried);
    const { method } = request;
    span.updateName(nameOf(app.server, { method, route: match.route })).setAttribute(ATTR_HTTP_ROUTE, match.route);

    const early = await chain.beforeView();
    if (early) return early;

    chain.hold('view');
    const locations = await this.locateViews();
    const location = locations.get(match.view) ?? { functionName: match.view.name, file: '', line: 0 };
    return callView(match, request, location);
  }

  #problem(request: Request, error: unknown): Handled {
    if (isAbort(error) && request.signal.aborted) return { response: new Response('', { status: 499 }) }; // nginx's word for it
    const response = errorPage(request, error, this.#settings);
    return error instanceof HttpError ? { response } : { response, failure: error };
  }

  /** Ends the database's connections. */
  async close(): Promise<void> {
    await this.#db.destroy();
  }
}

/** Makes an application and opens its database. */
export function createApplication(settings: Settings): Application {
  return new Application(settings, openDatabase(settings.database));
}
