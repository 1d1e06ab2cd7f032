// Files that leave the page.

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
  const script = await textOf(document.querySelector<HTMLScriptElement>('script[type=module][src]')?.src);
  const style = await textOf(document.querySelector<HTMLLinkElement>('link[rel=stylesheet]')?.href);
  const data = trace.replaceAll('<', '\\u003c');
  const safe = title.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${safe}</title>
<style>${style.replaceAll('</style', '<\\/style')}</style></head>
<body><div id="page"></div><script type="application/json" id="waybill-trace">${data}</script>
<script type="module">${script.replaceAll('</script', '<\\/script')}</script></body></html>
`;
}

/** The trace that a file made by `standalonePage` carries, as OTLP's JSON; null on the lab's own page. */
export function carriedTrace(): string | null {
  return document.getElementById('waybill-trace')?.textContent || null;
}

async function textOf(url: string | undefined): Promise<string> {
  const own = [...document.querySelectorAll('script[type=module]:not([src]), style')];
  if (url === undefined) return own.map(({ textContent }) => textContent).join('\n');
  return (await fetch(url)).text();
}
