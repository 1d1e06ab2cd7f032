// Files that leave the page.

import standaloneScript from 'virtual:standalone';
import { LANGUAGE } from '#texts/language.ts';

/** Has the browser save `content`. */
export function download(name: string, type: string, content: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** This page with a trace (OTLP's JSON) in it, as one file that needs nothing else: script and style inside. */
export async function standalonePage(trace: string, title: string): Promise<string> {
  const script = await textOf(standaloneScript, 'script[type=module]');
  const style = await textOf(document.querySelector<HTMLLinkElement>('link[rel=stylesheet]')?.href, 'style');
  const data = trace.replaceAll('<', '\\u003c');
  const safe = title.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  return `<!doctype html>
<html lang="${LANGUAGE}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${safe}</title>
<style>${style.replaceAll('</style', '<\\/style')}</style></head>
<body><div id="page"></div><script type="application/json" id="waybill-trace">${data}</script>
<script type="module">${script.replaceAll('</script', '<\\/script')}</script></body></html>
`;
}

/** The trace that a file made by `standalonePage` carries, as OTLP's JSON; null on the lab's own page. */
export function carriedTrace(): string | null {
  return document.getElementById('waybill-trace')?.textContent || null;
}

/** The text at `address`; '' and undefined (a page that is one file): the text of the elements `own`. */
async function textOf(address: string | undefined, own: string): Promise<string> {
  if (address) return (await fetch(address)).text();
  return [...document.querySelectorAll(own)].map(({ textContent }) => textContent).join('\n');
}
