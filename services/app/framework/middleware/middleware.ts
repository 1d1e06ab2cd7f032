// The chain around a view. On the way in each may answer in the view's place; on the way out each may add to the answer.
// What a middleware wraps in `work` is what the trace shows of it; what costs nothing is not shown.

import type { Request } from '../http/request.ts';
import type { Response } from '../http/response.ts';

/** Does `step` where the trace shows it, under the middleware's name. */
export type Work = <T>(step: () => T) => Promise<Awaited<T>>;

type Answer = Response | undefined | Promise<Response | undefined>;

export type Middleware = {
  name: string;
  /** On the way in, before a pattern is looked for. */
  enter?: (request: Request, work: Work) => Answer;
  /** When a view is found, before it is called. */
  beforeView?: (request: Request, work: Work) => Answer;
  /** On the way out, whoever answered. */
  leave?: (request: Request, response: Response, work: Work) => void | Promise<void>;
};
