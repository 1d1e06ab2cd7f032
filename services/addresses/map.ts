// The address map: from addresses of the zone files (RFC 5737, documentation only) to the host and port where each listens.
// The resolver, the visitor and the routers read it. An address without an entry is "no route to host"; a port without one, at
// an address that has another, is "connection refused".

import { readFileSync } from 'node:fs';
import { type Endpoint, endpoint, hostInUrl } from '../../runtime/net/endpoint.ts';

/** From an address to the endpoint where it listens. */
export type AddressMap = {
  /** The endpoint of `address`:`port`; undefined without an entry. */
  locate(address: string, port: number): Endpoint | undefined;
  /** Whether `address` has an entry, for any port. */
  has(address: string): boolean;
};

/**
 * Reads a map file. Throws an Error naming file, line and reason on a malformed line or a duplicate address, or the variable
 * when there is no such file.
 * `environment` holds the ports that the file names as $NAME:default, and in WAYBILL_REACH the address of this machine.
 */
export function readAddressMap(file: string, environment: NodeJS.ProcessEnv): AddressMap {
  const endpoints = new Map<string, Endpoint>();
  const hosts = new Set<string>();
  readMap(file)
    .split('\n')
    .forEach((line, index) => {
      const words = line.replace(/#.*/, '').trim().split(/\s+/);
      if (words[0] === '') return;
      const fail = (reason: string) => new Error(`${file}:${index + 1}: ${reason}: ${line.trim()}`);
      const [address, target, ...rest] = words;
      if (address === undefined || target === undefined || rest.length > 0) {
        throw fail('expected "address:port host:port"');
      }
      const host = endpoint(address)?.host;
      const found = endpoint(withVariables(target, environment));
      if (host === undefined || found === undefined) throw fail('not host:port');
      if (endpoints.has(address)) throw fail('duplicate address');
      endpoints.set(address, found);
      hosts.add(host);
    });
  return { locate: (address, port) => endpoints.get(`${address}:${port}`), has: (address) => hosts.has(address) };
}

function readMap(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`WAYBILL_ADDRESSES: cannot read ${file} (${code}). Set it to an address map, or unset it.`);
  }
}

function withVariables(text: string, environment: NodeJS.ProcessEnv): string {
  const here = text.replace('$WAYBILL_REACH', hostInUrl(environment.WAYBILL_REACH ?? '127.0.0.1'));
  return here.replace(/\$(\w+):(\d+)/g, (_, name: string, fallback: string) => environment[name] ?? fallback);
}
