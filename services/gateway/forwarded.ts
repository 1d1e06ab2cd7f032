// X-Forwarded-For and the like are passed on from known proxies only: gunicorn's forwarded_allow_ips.

import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import { isUnixSocket } from '../../runtime/net/unix-socket.ts';

/** Headers that only a proxy may set. */
const FORWARDED = [
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
  'x-real-ip',
];

/** The addresses and networks in `text`: `127.0.0.1,10.0.0.0/8`, `*` for any. Throws an Error with the first part that is neither. */
export function networks(text: string): BlockList {
  const list = new BlockList();
  for (const part of text.split(',').map((each) => each.trim())) {
    if (part === '') continue;
    const [address = '', bits] = part === '*' ? ['0.0.0.0', '0'] : part.split('/');
    const size = isIP(address) === 6 ? 128 : 32;
    const prefix = bits === undefined ? size : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
    if (isIP(address) === 0 || !(prefix <= size)) throw new Error(`"${part}" is not an address or a network`);
    list.addSubnet(address, prefix, size === 128 ? 'ipv6' : 'ipv4');
    if (part === '*') list.addSubnet('::', 0, 'ipv6');
  }
  return list;
}

/** Removes from `headers` those that only a proxy may set, unless `request` comes from one of `proxies`, or over a Unix socket, as gunicorn does. */
export function dropForwarded(headers: Record<string, unknown>, { socket }: IncomingMessage, proxies: BlockList): void {
  const { remoteAddress = '', remoteFamily } = socket;
  if (isUnixSocket(socket)) return;
  if (proxies.check(remoteAddress, remoteFamily === 'IPv6' ? 'ipv6' : 'ipv4')) return;
  for (const name of FORWARDED) delete headers[name];
}
