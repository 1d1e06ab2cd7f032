// The frame of every page of the visitor, and its strict Content-Security-Policy: scripts and styles are files of our own.
// Where the journey page is built, its script replaces the content of #page; without scripts, that content stays.

import type { Reply } from '../../../runtime/control/route.ts';
import { escapeHtml } from '../../../traces/printable.ts';
import type { Manifest } from './built.ts';

/** The Content-Security-Policy of every page, a directive each. */
export const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
];

/** Where the style sheet of the plain pages is. */
export const PLAIN_STYLE = '/assets/plain.css';

/** A page without script: its status, title and HTML; `again`: the browser reloads it after a second. */
export type PlainPage = { status: number; title: string; html: string; again?: boolean };

/** The response with `plain`; where the journey page is built, with that, and `plain` for browsers without scripts. */
export function documentReply({ status, title, html, again = false }: PlainPage, built: Manifest | undefined): Reply {
  const name = escapeHtml(title);
  const refresh = again ? '<meta http-equiv="refresh" content="1">' : '';
  const plainStyle = `<link rel="stylesheet" href="${PLAIN_STYLE}">`;
  const content = `<h1>${name}</h1>${html}`;
  const [head, body] =
    built === undefined
      ? [plainStyle + refresh, `<main>${content}</main>`]
      : [
          `<link rel="icon" href="${built.icon}"><link rel="stylesheet" href="${built.style}"><script type="module" src="${built.script}"></script><noscript>${plainStyle}${refresh}</noscript>`,
          `<div id="page"><noscript><main>${content}</main></noscript></div>`,
        ];
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': POLICY.join('; '),
      'referrer-policy': 'no-referrer',
    },
    body: `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title === 'Waybill' ? name : `${name} · Waybill`}</title>${head}</head>
<body>${body}</body></html>
`,
  };
}
