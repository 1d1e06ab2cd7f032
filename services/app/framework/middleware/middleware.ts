// The chain around a view. On the way in each may answer in the view's place; on the way out each may add to the answer.
// What a middleware wraps in `work` is what the trace shows of it; what costs nothing is not shown.
//
// What it brings to a request it declares on the request's type, beside itself:
//   declare module '../http/request.ts' { interface Request { session: Session } }

import type { Request } from '../http/request.ts';
import type { Response } from '../http/response.ts';

/** Does `step` where the trace shows it, under the middleware's name. */
export type Work = <T>(step: () => T) => Promise<Awaited<T>>;

type Answer = Response | undefined | Promise<Response | undefined>;

export type Middleware = {
  name: string;
  /** Puts what it brings on the request, as far as that is known at once: every request has it, an error page's too. */
  attach?: (request: Request) => void;
  /** On the way in, before a pattern is looked for. */
  enter?: (request: Request, work: Work) => Answer;
  /** When a view is found, before it is called. */
  beforeView?: (request: Request, work: Work) => Answer;
  /** On the way out, whoever answered. */
  leave?: (request: Request, response: Response, work: Work) => void | Promise<void>;
};
