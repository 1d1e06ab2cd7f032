// The Host field of a request (RFC 9112, 3.2): exactly one, uri-host [ ":" port ] as RFC 3986, 3.2.2 has them. Which names a
// server answers to is for that server to say.

import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';

const HOST = /^(?:\[([\da-f:.]+)\]|(?:[\w.~!$&'()*+,;=-]|%[\da-f]{2})+)(?::\d*)?$/i;

/** Whether `value` may stand in a Host field: a name or address, and a port where one is given. */
export function isHost(value: string): boolean {
  const found = HOST.exec(value);
  return found !== null && (found[1] === undefined || isIPv6(found[1]));
}

/** How many Host fields `request` has: Node keeps the first alone. */
export function countHosts({ rawHeaders }: IncomingMessage): number {
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    if (name.length === 4 && name.toLowerCase() === 'host') hosts++;
  }
  return hosts;
}

/** Whether a server must answer `request` with 400 for its Host: none (but in HTTP/1.0), several, or a malformed one. */
export function hasBadHost(request: IncomingMessage): boolean {
  const { host } = request.headers;
  if (host === undefined) return request.httpVersion !== '1.0';
  return !isHost(host) || countHosts(request) > 1;
}
