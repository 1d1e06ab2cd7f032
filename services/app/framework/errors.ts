// Error pages: the site's own, or a plain one. With `debug` they show more, as Django's technical pages do: the patterns that were
// tried, or the stack trace; without it, only "Internal error."

import { log } from '../../../runtime/log.ts';
import { HttpError } from './http/errors.ts';
import type { Request } from './http/request.ts';
import { Response } from './http/response.ts';
import type { Settings } from './settings.ts';
import { NoPattern } from './urls/resolver.ts';

const INTERNAL = { status: 500, headers: {}, message: 'Internal error.' };
/** These have a template of their own; the others share one. */
const OWN_TEMPLATE = [403, 404, 500];

/** The page for `error`; any other than an HttpError is logged. */
export function errorPage(request: Request, error: unknown, { debug, failures }: Settings): Response {
  const { status, headers, message } = error instanceof HttpError ? error : INTERNAL;
  if (status === 500) log.error({ err: error, method: request.method, path: request.rawPath }, 'request failed');
  const known = Object.values(failures).find((failure) => failure.status === status);
  const { title, fix: advice } = known ?? { title: `Error ${status}`, fix: '' };
  // Not a host of any site: no templates to render it with.
  if (request.site === undefined) return plain(title, message, status);
  const details = {
    tried: debug && error instanceof NoPattern ? error.tried : [],
    stack: debug && status === 500 ? stackOf(error) : null,
  };
  const name = OWN_TEMPLATE.includes(status) ? `${status}.html` : 'error.html';
  try {
    const page = request.templates.render(request, name, { status, title, message, advice, ...details });
    return new Response(page, { status, headers });
  } catch (renderError) {
    log.error({ err: renderError }, `the page ${name} could not be rendered`);
    return plain(title, message, status);
  }
}

function plain(title: string, message: string, status: number): Response {
  return new Response(`${title}: ${message}\n`, { status, headers: { 'content-type': 'text/plain; charset=utf-8' } });
}

/** The stack with its causes. */
function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\n\nCaused by: ${stackOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
