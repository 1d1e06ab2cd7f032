// The plain page of a server that has no site's page to show, such as a proxy: what went wrong, and what to do.

import type { Failure } from '../failures.ts';

/** The page of `failure`, with a link to its trace; no part of it is taken from the request. */
export function failurePage({ status, title, fix }: Failure, trace?: { id: string; url: string }): string {
  const link = trace && `\n<p>The trace of this request: <a href="${trace.url}">${trace.id}</a></p>`;
  return `<!doctype html>\n<html lang="en"><title>${title}</title>\n<h1>${status}: ${title}</h1>\n<p>${fix}</p>${link ?? ''}\n`;
}
