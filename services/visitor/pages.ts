// The frame of the visitor's plain pages, and the door mat that says what is here.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const STYLE = readFileSync(join(import.meta.dirname, 'page.css'), 'utf8');

/** The page at `/`: what can be done here. */
export function homePage(jaegerUrl: string): string {
  return page(
    'Waybill',
    `<p>Send a letter and read its waybill: a trace of everything that happened to it.</p>
    <p><code>npm run fire dynamic</code> sends one; <code>npm run fire -- --list</code> tells which there are.</p>
    <p>Every page of the sites links to its own trace here. Traces are filed at <code>${escapeHtml(jaegerUrl)}</code>.</p>`,
  );
}

/** A whole page of HTML around `body`. */
export function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title><style>${STYLE}</style></head>
<body><h1>${escapeHtml(title)}</h1>${body}</body></html>
`;
}

/** Text, safe between tags and in attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
