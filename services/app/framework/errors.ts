// Answers to what went wrong: a page of the site where it has one, else a plain one. With `debug` on it tells more,
// as Django's technical pages do: the patterns tried, or the stack trace; without, only "Internal error."

import { log } from '../../../runtime/log.ts';
import { HttpError } from './http/errors.ts';
import type { Request } from './http/request.ts';
import { Response } from './http/response.ts';
import type { Settings } from './settings.ts';
import { NoPattern } from './urls/resolver.ts';

const INTERNAL = { status: 500, headers: {}, message: 'Internal error.' };
/** These have a template each; the rest share one. */
const OWN_PAGE = [403, 404, 500];

/** The page for `error`, and for anything but an HttpError an entry in the log. */
export function errorPage(request: Request, error: unknown, { debug, failures }: Settings): Response {
  const { status, headers, message } = error instanceof HttpError ? error : INTERNAL;
  if (status === 500) log.error({ err: error, method: request.method, path: request.rawPath }, 'a request failed');
  const known = Object.values(failures).find((failure) => failure.status === status);
  const { title, fix: advice } = known ?? { title: `Error ${status}`, fix: '' };
  // A host that no site has: there is no site to write the page for.
  if (request.site === undefined) return plain(title, message, status);
  const details = {
    tried: debug && error instanceof NoPattern ? error.tried : [],
    stack: debug && status === 500 ? stackOf(error) : null,
  };
  const name = OWN_PAGE.includes(status) ? `${status}.html` : 'error.html';
  try {
    const page = request.templates.render(request, name, { status, title, message, advice, ...details });
    return new Response(page, { status, headers });
  } catch (fault) {
    log.error({ err: fault }, `the page ${name} could not be written`);
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
