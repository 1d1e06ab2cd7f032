// Addresses by which a machine reaches itself.

import { BlockList, isIP } from 'node:net';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8);
LOOPBACK.addAddress('::1', 'ipv6');

/** Whether `text` is a loopback address (RFC 1122, 3.2.1.3; RFC 4291, 2.5.3); false for a name. */
export function isLoopback(text: string): boolean {
  const version = isIP(text);
  return version !== 0 && LOOPBACK.check(text, version === 4 ? 'ipv4' : 'ipv6');
}
