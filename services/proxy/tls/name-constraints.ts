// The names for which the lab's authority may sign (RFC 5280, 4.2.1.10): those that do not exist outside of this machine
// (RFC 2606, 2; RFC 6761, 6.3). A client that trusts the authority trusts it for these only.

import { isIP } from 'node:net';
import { isLoopback } from '../../../runtime/net/loopback.ts';

/** The first bytes of the extension in a certificate (DER): its object identifier, 2.5.29.30. */
export const NAME_CONSTRAINTS = Buffer.from('0603551d1e', 'hex');

const DOMAINS = ['test', 'localhost'];

/** Whether the authority may sign a certificate for `host`, a name in lower case or an address. */
export function isPermitted(host: string): boolean {
  if (isIP(host) !== 0) return isLoopback(host);
  return DOMAINS.some((domain) => host === domain || host.endsWith(`.${domain}`));
}

/** The value of the extension: the permitted subtrees, addresses with their masks. */
export function nameConstraints(): Buffer {
  const addresses = [
    Buffer.from('7f000000ff000000', 'hex'),
    Buffer.concat([Buffer.alloc(15), Buffer.alloc(17, 0xff)]).fill(1, 15, 16),
  ];
  const names = [
    ...DOMAINS.map((domain) => der(0x82, Buffer.from(domain))),
    ...addresses.map((each) => der(0x87, each)),
  ];
  return der(0x30, der(0xa0, ...names.map((name) => der(0x30, name))));
}

/** An element of DER that is shorter than 128 bytes. */
function der(tag: number, ...contents: Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag, content.length]), content]);
}
