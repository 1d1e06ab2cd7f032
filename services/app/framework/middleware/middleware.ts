// The chain around a view. On the way in each may respond instead of the view; on the way out each may change the response.
// What a middleware does within `work` has a span; what costs nothing has none.
//
// What it adds to a request it declares on the request's type:
//   declare module '../http/request.ts' { interface Request { session: Session } }

import type { Request } from '../http/request.ts';
import type { Response } from '../http/response.ts';

/** Does `step` in a span with the middleware's name. */
export type Work = <T>(step: () => T) => Promise<Awaited<T>>;

type Responded = Response | undefined | Promise<Response | undefined>;

export type Middleware = {
  name: string;
  /** Adds its properties to the request, before any other step, so that an error page has them too. */
  attach?: (request: Request) => void;
  /** On the way in, before the URL is resolved. */
  enter?: (request: Request, work: Work) => Responded;
  /** When a view is found, before it is called. */
  beforeView?: (request: Request, work: Work) => Responded;
  /** On the way out, of every response. */
  leave?: (request: Request, response: Response, work: Work) => void | Promise<void>;
};
