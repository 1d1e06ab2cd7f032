// Which clients may use a port of the lab: programs on this machine and the lab's own pages, but no page of another site that a
// learner has open in a browser. Such a page can reach 127.0.0.1 in two ways, and each is recognized by a header:
//
//   Host     its own name, which now resolves to 127.0.0.1 (DNS rebinding)     → 421 (RFC 9110, 15.5.20)
//   Origin   its own, on a request to our address (and Sec-Fetch-Site)   → 403
//
// Behind a proxy that replaces Host (nginx without proxy_set_header Host, GitHub Codespaces) the name that the browser used is in
// X-Forwarded-Host, which no page of another site can send without a preflight: it is held to the same rule as Host.
//
// A link from elsewhere that a person follows is let through: GET, a navigation, for a whole document (Fetch Metadata,
// https://www.w3.org/TR/fetch-metadata/). So GET must never change anything.
//
// The ports for requests to the sites (8180, 8181, 8182, 8201) accept any Host and Origin: there the framework decides, by
// ALLOWED_HOSTS and the CSRF token; only GET /healthz and the commands to a worker are guarded.

import type { IncomingMessage, RequestListener } from 'node:http';
import { isIP } from 'node:net';
import { ApiError, sendApiError } from './api-error.ts';

export type Allowed = {
  /**
   * Names, without port, by which the port may be addressed besides those that always are (WAYBILL_ALLOWED_HOSTS); one that
   * begins with a dot is that name and every one below it, as in Django's ALLOWED_HOSTS.
   */
  hosts?: readonly string[];
  /** Origins of other ports whose pages may ask. */
  origins?: readonly string[];
};

/** Puts the guard before `listener`: a request that is refused is answered here, and never reaches it. */
export function guarded(listener: RequestListener, allowed: Allowed = {}): RequestListener {
  return (request, response) => {
    const apiError = refusal(request, allowed);
    if (apiError) sendApiError(response, apiError);
    else listener(request, response);
  };
}

/** Why `request` is refused, by its Host or by where it comes from; undefined when it is not. */
export function refusal(request: IncomingMessage, allowed: Allowed = {}): ApiError | undefined {
  return hostRefusal(request, allowed.hosts) ?? originRefusal(request, allowed);
}

/** Why `request` is refused by its Host: none or two (400), or a name that another site may own (421). */
export function hostRefusal(request: IncomingMessage, hosts: readonly string[] = []): ApiError | undefined {
  const given = hostsOf(request);
  const names = given.map(hostNameOf);
  if (names.length === 0 || names.includes(undefined)) {
    return new ApiError(400, 'bad_host', 'Send exactly one valid Host header, such as Host: 127.0.0.1');
  }
  const foreign = names.findIndex((name) => !isOwn(name as string, hosts));
  if (foreign < 0) return undefined;
  return new ApiError(
    421,
    'foreign_host',
    `Host "${names[foreign]}" is not allowed. Use 127.0.0.1 or localhost, or add the name to WAYBILL_ALLOWED_HOSTS.`,
  );
}

function originRefusal(request: IncomingMessage, { hosts = [], origins = [] }: Allowed): ApiError | undefined {
  const { origin, 'sec-fetch-site': site } = request.headers;
  if (isNavigation(request)) return undefined;
  if (origin !== undefined && origins.includes(origin)) return undefined;
  const isForeign = origin !== undefined && !isOwnOrigin(origin, hostsOf(request), hosts);
  if (!isForeign && site !== 'cross-site' && site !== 'same-site') return undefined;
  return new ApiError(403, 'foreign_origin', 'A page of another origin must not send requests to the lab.');
}

/** A person's click on a link: the browser shows what comes, and no page can read it. */
function isNavigation({ method, headers }: IncomingMessage): boolean {
  const isSafe = method === 'GET' || method === 'HEAD';
  return isSafe && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
}

/** Whether `origin` is that of a page of this port: by an authority of the request, or by a name of `hosts`, which a proxy may have replaced. */
function isOwnOrigin(origin: string, authorities: readonly string[], hosts: readonly string[]): boolean {
  const { protocol = '', host = '', hostname = '' } = URL.parse(origin) ?? {};
  if (host === '') return false;
  return authorities.some((each) => URL.parse(`${protocol}//${each}`)?.host === host) || isListed(hostname, hosts);
}

/** Every authority that a request names: in its Host headers, in X-Forwarded-Host, and in its target if that is a whole address. */
function hostsOf({ headersDistinct, url = '' }: IncomingMessage): string[] {
  const { host: [first, ...more] = [], 'x-forwarded-host': forwarded = [] } = headersDistinct;
  if (first === undefined || more.length > 0) return [];
  const target = /^[a-z][a-z\d+.-]*:\/\/([^/?#]*)/i.exec(url)?.[1];
  const names = forwarded.flatMap((each) => each.split(',').map((name) => name.trim()));
  return [first, ...names, ...(target === undefined ? [] : [target])];
}

/** The name or address in `Host: name:port`, in lower case; undefined where it is neither. */
function hostNameOf(host: string): string | undefined {
  const [, address, name] = /^(?:\[([\da-f:.]+)\]|([\w.-]+))(?::\d{1,5})?$/i.exec(host) ?? [];
  if (address !== undefined) return isIP(address) === 6 ? address : undefined;
  return name?.toLowerCase();
}

function isOwn(name: string, hosts: readonly string[]): boolean {
  const plain = name.replace(/\.$/, '');
  return isIP(plain) !== 0 || !name.includes('.') || /(^|\.)localhost$/.test(plain) || isListed(plain, hosts);
}

function isListed(name: string, hosts: readonly string[]): boolean {
  return hosts.some((host) => (host.startsWith('.') ? `.${name}`.endsWith(host) : name === host));
}
