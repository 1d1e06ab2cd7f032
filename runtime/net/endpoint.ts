// A host and a port, as people write them: 127.0.0.1:8180, dns:1053, [::1]:8180.

import { isIPv6 } from 'node:net';

/** A host (name or IP address) and a port. */
export type Endpoint = { host: string; port: number };

/** Parses `host:port`, an IPv6 address in brackets; undefined if it is not one. */
export function endpoint(text: string): Endpoint | undefined {
  const [, name, bracketed = '', digits = ''] = /^(?:([\w.-]+)|\[([^\]]*)\]):(\d{1,5})$/.exec(text) ?? [];
  const host = name ?? (isIPv6(bracketed) ? bracketed : undefined);
  const port = Number(digits);
  return host !== undefined && port >= 1 && port <= 65535 ? { host, port } : undefined;
}

/** Writes what `endpoint` parses: what stands between `http://` and the path. */
export function authority({ host, port }: Endpoint): string {
  return `${hostInUrl(host)}:${port}`;
}

/** A host as URLs have it: IPv6 addresses in brackets. */
export function hostInUrl(host: string): string {
  return isIPv6(host) ? `[${host}]` : host;
}
