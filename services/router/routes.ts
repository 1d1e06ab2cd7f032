// Reads routes.txt: the routers and the routing table of each.

import { readFileSync } from 'node:fs';
import { BlockList, isIPv4 } from 'node:net';
import { type Bounds, boundsText, isWithin, MAX_TIMER_MS } from '../../runtime/bounds.ts';
import { type Endpoint, endpoint } from '../../runtime/net/endpoint.ts';

export type Route = {
  /** The addresses that have this route, and the length of their common prefix. */
  network: BlockList;
  bits: number;
  /** The next router; or, at the last one, the port to which a connection to `requested` is delivered. */
  next: { router: string } | { portFor: (requested: number) => number };
  cost: number;
  /** Simulated delay of the link to the next hop, in ms. */
  delay: number;
};

export type Router = { name: string; address: Endpoint; routes: Route[] };

const DELAY: Bounds = { min: 0, max: MAX_TIMER_MS, unit: 'ms' };
const ROUTE =
  /^(\S+)\s+([\d.]+)\/(\d+)\s+(?:via\s+(\S+)|deliver\s+(\d+)(?:,\s+(\d+)\s+for\s+(\d+))?)\s+cost\s+(\d+)\s+delay\s+(\d+)ms$/;

/** Reads the file. Throws an Error with file, line and reason on the first line that is wrong. */
export function readRouters(file: string): Map<string, Router> {
  return parseRouters(readFileSync(file, 'utf8'), file);
}

/** The routers of `text`, by name. Throws as readRouters. */
export function parseRouters(text: string, file: string): Map<string, Router> {
  const routers = new Map<string, Router>();
  const lines = text.split('\n').map((line) => line.replace(/#.*/, '').trim());
  const fail = (index: number, reason: string) => new Error(`${file}:${index + 1}: ${reason}: ${lines[index]}`);

  for (const [index, line] of lines.entries()) {
    const [keyword, name = '', address = '', ...rest] = line.split(/\s+/);
    if (keyword !== 'router') continue;
    const location = endpoint(address);
    if (location === undefined || rest.length > 0) throw fail(index, 'expected "router name address:port"');
    if (routers.has(name)) throw fail(index, 'a router of this name is already defined');
    routers.set(name, { name, address: location, routes: [] });
  }
  for (const [index, line] of lines.entries()) {
    if (line === '' || line.startsWith('router')) continue;
    const match = ROUTE.exec(line);
    if (match === null)
      throw fail(index, 'expected "router network/bits via router (or: deliver port, port for port) cost n delay nms"');
    const [, name = '', address = '', bits = '', via, port, otherPort, otherFor, cost, delay] = match;
    const router = routers.get(name);
    if (router === undefined) throw fail(index, `unknown router ${name}`);
    if (via !== undefined && !routers.has(via)) throw fail(index, `unknown router ${via}`);
    if (!isIPv4(address) || Number(bits) > 32) throw fail(index, 'not an IPv4 network');
    if (!isWithin(Number(delay), DELAY)) throw fail(index, `delay takes ${boundsText(DELAY)}`);
    const network = new BlockList();
    network.addSubnet(address, Number(bits));
    const portFor = (requested: number) => Number(requested === Number(otherFor) ? otherPort : port);
    const next = via === undefined ? { portFor } : { router: via };
    router.routes.push({ network, bits: Number(bits), next, cost: Number(cost), delay: Number(delay) });
  }
  return routers;
}

/** The routes to `address`: of those that match, the ones with the longest prefix (RFC 1812, 5.2.4.3). */
export function routesFor(address: string, { routes }: Router): Route[] {
  if (!isIPv4(address)) return [];
  const matching = routes.filter(({ network }) => network.check(address));
  const longest = Math.max(...matching.map(({ bits }) => bits));
  return matching.filter(({ bits }) => bits === longest);
}
