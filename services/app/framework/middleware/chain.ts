// The path of one request through the middleware: in from top to bottom, until one responds; out from bottom to top, through
// those that it has passed on its way in. What one does within `work` has a span.

import { app } from '../../../../otel/contract/index.ts';
import {
  ATTR_ANSWERED_BY,
  ATTR_MIDDLEWARE,
  ATTR_MIDDLEWARE_PHASE,
  ATTR_USER_NAME,
} from '../../../../otel/contract/names.ts';
import type { SpanOf } from '../../../../otel/contract/spec.ts';
import { startSpan } from '../../../../otel/span.ts';
import type { Request } from '../http/request.ts';
import type { Response } from '../http/response.ts';
import { inStepSpan } from '../outcome.ts';
import type { Middleware, Work } from './middleware.ts';

/** When a middleware works: on the request's way in, just before the view, on the response's way out. */
type Phase = 'in' | 'before view' | 'out';

export class Chain {
  /** Names of those that have done work. */
  readonly #worked = new Set<string>();
  readonly #span: SpanOf<typeof app.server>;
  readonly #request: Request;
  readonly #middleware: readonly Middleware[];
  readonly #entered: Middleware[] = [];

  /** The attributes of `span` are set at once, so that they are there when the worker crashes. */
  constructor(middleware: readonly Middleware[], request: Request, span: SpanOf<typeof app.server>) {
    this.#middleware = middleware;
    this.#request = request;
    this.#span = span.setAttribute(ATTR_MIDDLEWARE, []);
    for (const { attach } of middleware) attach?.(request);
  }

  /** The way in; resolves with the first response. Throws what a middleware throws. */
  async enter(): Promise<Response | undefined> {
    for (const each of this.#middleware) {
      this.#entered.push(each);
      this.setCurrent(each.name);
      const early = await each.enter?.(this.#request, this.#work(each.name, 'in'));
      if (early) return early;
    }
    return undefined;
  }

  /** Between the pattern and the view; as `enter`. */
  async beforeView(): Promise<Response | undefined> {
    for (const { name, beforeView } of this.#middleware) {
      this.setCurrent(name);
      const early = await beforeView?.(this.#request, this.#work(name, 'before view'));
      if (early) return early;
    }
    return undefined;
  }

  /** What works on the request from now on; the last one is what answered it. */
  setCurrent(name: string): void {
    this.#span.setAttribute(ATTR_ANSWERED_BY, name);
  }

  /** The way out, through those that the request has passed. Throws what one throws. */
  async leave(response: Response): Promise<void> {
    for (const { name, leave } of this.#entered.toReversed()) {
      await leave?.(this.#request, response, this.#work(name, 'out'));
    }
  }

  #work(name: string, phase: Phase): Work {
    return (step) => {
      this.#worked.add(name);
      this.#span.setAttribute(ATTR_MIDDLEWARE, [...this.#worked]);
      const span = startSpan(app.middleware, { words: { name }, attributes: { [ATTR_MIDDLEWARE_PHASE]: phase } });
      return inStepSpan(span, step, () => {
        const { user } = this.#request;
        if (user) span.setAttribute(ATTR_USER_NAME, user.name);
      });
    };
  }
}
