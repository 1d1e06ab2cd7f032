// What a browser gets on the port of Jaeger's page: a link to the lab's own page.

const PATHS = /^\/(?:|search|dependencies|trace\/([^/]*))$/;
const ID = '[0-9a-fA-F]{1,32}';

/** The page for `path`, a path of Jaeger's page: `/`, `/search`, `/trace/<id>` …; undefined for another path. */
export function pointerPage(path: string, pageUrl: string): string | undefined {
  const match = PATHS.exec(path);
  if (match === null) return undefined;
  const [, trace = ''] = match;
  const isTrace = RegExp(`^${ID}$`).test(trace);
  const isPair = RegExp(`^${ID}\\.\\.\\.${ID}$`).test(trace);
  const target = isTrace ? `/traces/${trace}` : isPair ? `/compare/${trace}` : '/';
  const what = isTrace ? 'This trace' : isPair ? 'Both traces, side by side' : 'All traces';
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Waybill's trace store</title></head>
<body style="font-family: sans-serif; max-width: 40em; margin: 3em auto; padding: 0 1em; line-height: 1.5">
<h1>Waybill's trace store</h1>
<p>This port is an API for programs: it answers Jaeger's query API, such as <a href="/api/v3/services">/api/v3/services</a>.
It has no pages that show traces.</p>
<p><a href="${pageUrl}${target}">${what} on Waybill's page: ${pageUrl}${target}</a></p>
<p>Jaeger's own page comes with <code>docker compose up</code>.</p>
</body></html>
`;
}
