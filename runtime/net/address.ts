// IP addresses as bytes, in the order of the network, and as text (RFC 4291, 2.2; RFC 5952).

import { isIPv4, isIPv6, SocketAddress } from 'node:net';

/** The 4 or 16 bytes of an IPv4 or IPv6 address; undefined where `text` is none. A zone (`%eth0`) is not part of an address. */
export function addressBytes(text: string): Buffer | undefined {
  if (isIPv4(text)) return Buffer.from(text.split('.').map(Number));
  if (!isIPv6(text) || text.includes('%')) return undefined;
  const [front = [], back = []] = text.split('::').map(groupBytes);
  return Buffer.from([...front, ...new Array(16 - front.length - back.length).fill(0), ...back]);
}

/** The text of an address of 4 or 16 bytes. */
export function addressText(bytes: Buffer): string {
  if (bytes.length === 4) return bytes.join('.');
  const groups = [0, 2, 4, 6, 8, 10, 12, 14].map((at) => bytes.readUInt16BE(at).toString(16));
  return new SocketAddress({ address: groups.join(':'), family: 'ipv6' }).address;
}

/** `2001:db8` and `ffff:192.0.2.1`, two bytes for each group, four for the last if it is written as IPv4. */
function groupBytes(groups: string): number[] {
  if (groups === '') return [];
  return groups.split(':').flatMap((group) => {
    if (group.includes('.')) return group.split('.').map(Number);
    const number = Number.parseInt(group, 16);
    return [number >> 8, number & 0xff];
  });
}
