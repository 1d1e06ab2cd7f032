// The lab's map of the world: addresses from the zone files (RFC 5737, documentation only) to where each is really
// listened on. The resolver, the visitor and the last post office read it. An address that is not on it is "no route to
// host"; a port that is not, at an address that is, is "connection refused".

import { readFileSync } from 'node:fs';
import { type Endpoint, endpoint, hostInUrl } from '../../runtime/net/endpoint.ts';

/** From an address asked for to where it is listened on. */
export type AddressMap = {
  /** Where `address`:`port` is listened on, undefined where nobody does. */
  locate(address: string, port: number): Endpoint | undefined;
  /** Whether anybody listens at `address`, whatever the port. */
  has(address: string): boolean;
};

/**
 * Reads a map file. Throws an Error naming file, line and reason on a line it cannot read or an address given twice.
 * `environment` holds the ports that the file names as $NAME:default, and in WAYBILL_REACH the address of this machine.
 */
export function readAddressMap(file: string, environment: NodeJS.ProcessEnv): AddressMap {
  const places = new Map<string, Endpoint>();
  const hosts = new Set<string>();
  readFileSync(file, 'utf8')
    .split('\n')
    .forEach((line, index) => {
      const words = line.replace(/#.*/, '').trim().split(/\s+/);
      if (words[0] === '') return;
      const fail = (reason: string) => new Error(`${file}:${index + 1}: ${reason}: ${line.trim()}`);
      const [asked, listened, ...rest] = words;
      if (asked === undefined || listened === undefined || rest.length > 0) {
        throw fail('expected "address:port host:port"');
      }
      const host = endpoint(asked)?.host;
      const place = endpoint(withVariables(listened, environment));
      if (host === undefined || place === undefined) throw fail('not host:port');
      if (places.has(asked)) throw fail('an address stands here twice');
      places.set(asked, place);
      hosts.add(host);
    });
  return { locate: (address, port) => places.get(`${address}:${port}`), has: (address) => hosts.has(address) };
}

function withVariables(text: string, environment: NodeJS.ProcessEnv): string {
  const here = text.replace('$WAYBILL_REACH', hostInUrl(environment.WAYBILL_REACH ?? '127.0.0.1'));
  return here.replace(/\$(\w+):(\d+)/g, (_, name: string, fallback: string) => environment[name] ?? fallback);
}
