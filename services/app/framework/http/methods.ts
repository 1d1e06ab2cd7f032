// The methods that a view accepts: Django's require_http_methods.

import { MethodNotAllowed } from './errors.ts';
import type { Request } from './request.ts';

/** Throws MethodNotAllowed (405, with Allow) unless the request's method is one of `methods`; GET implies HEAD. */
export function requireMethod(request: Request, ...methods: string[]): void {
  const allowed = methods.includes('GET') ? [...methods, 'HEAD'] : methods;
  if (!allowed.includes(request.method)) throw new MethodNotAllowed(allowed);
}
