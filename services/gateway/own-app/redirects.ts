// A redirect of the app to its own address would lead past the web server: it is rewritten to the address that the client asked for,
// as nginx's proxy_redirect does. Links in pages are not.

import type { IncomingHttpHeaders } from 'node:http';
import type { Headers } from '../headers.ts';

/** Rewrites `location` and `refresh` in `headers` where they lead to one of `origins`; `asked`: the headers of the request. */
export function rewriteRedirects(headers: Headers, origins: readonly string[], asked: IncomingHttpHeaders): Headers {
  const host = first(asked['x-forwarded-host']) ?? asked.host;
  if (host === undefined) return headers;
  const site = `${first(asked['x-forwarded-proto']) ?? 'http'}://${host}`;
  const rewrite = (url: string) => {
    const origin = origins.find(
      (each) => url.toLowerCase().startsWith(each) && /^([/?#]|$)/.test(url.slice(each.length)),
    );
    return origin === undefined ? url : site + url.slice(origin.length);
  };
  const { location, refresh } = headers;
  return {
    ...headers,
    ...(typeof location === 'string' && { location: rewrite(location) }),
    ...(typeof refresh === 'string' && { refresh: refresh.replace(/(?<=url=).*/i, rewrite) }),
  };
}

function first(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
