// Reads the file of the post offices (routes.txt): which there are, and each one's routing table.

import { readFileSync } from 'node:fs';
import { isIPv4 } from 'node:net';
import { type Bounds, boundsText, isWithin, LONGEST_MS } from '../../runtime/bounds.ts';
import { type Endpoint, endpoint } from '../../runtime/net/endpoint.ts';

export type Route = {
  /** For letters to these addresses: the first `bits` bits of an address are those of `network`. */
  network: string;
  bits: number;
  /** The office next on the way, or the port at which the last office delivers; letters for port `for` at another one. */
  next: { office: string } | { port: number; other?: { for: number; port: number } };
  cost: number;
  /** Simulated, in ms. */
  delay: number;
};

export type Office = { name: string; address: Endpoint; routes: Route[] };

const DELAY: Bounds = { least: 0, most: LONGEST_MS, unit: 'ms' };
const ROUTE =
  /^(\S+)\s+([\d.]+)\/(\d+)\s+(?:via\s+(\S+)|deliver\s+(\d+)(?:,\s+(\d+)\s+for\s+(\d+))?)\s+cost\s+(\d+)\s+delay\s+(\d+)ms$/;

/** Reads the file. Throws an Error with file, line and reason on the first thing that is wrong. */
export function readOffices(file: string): Map<string, Office> {
  return parseOffices(readFileSync(file, 'utf8'), file);
}

/** The offices by their name. */
export function parseOffices(text: string, file: string): Map<string, Office> {
  const offices = new Map<string, Office>();
  const lines = text.split('\n').map((line) => line.replace(/#.*/, '').trim());
  const fail = (index: number, reason: string) => new Error(`${file}:${index + 1}: ${reason}: ${lines[index]}`);

  for (const [index, line] of lines.entries()) {
    const [keyword, name = '', address = '', ...rest] = line.split(/\s+/);
    if (keyword !== 'office') continue;
    const place = endpoint(address);
    if (place === undefined || rest.length > 0) throw fail(index, 'expected "office name address:port"');
    if (offices.has(name)) throw fail(index, 'an office of this name stands here twice');
    offices.set(name, { name, address: place, routes: [] });
  }
  for (const [index, line] of lines.entries()) {
    if (line === '' || line.startsWith('office')) continue;
    const match = ROUTE.exec(line);
    if (match === null)
      throw fail(index, 'expected "office network/bits via office (or: deliver port, port for port) cost n delay nms"');
    const [, name = '', network = '', bits = '', via, port, otherPort, otherFor, cost, delay] = match;
    const office = offices.get(name);
    if (office === undefined) throw fail(index, `there is no office ${name}`);
    if (via !== undefined && !offices.has(via)) throw fail(index, `there is no office ${via}`);
    if (!isIPv4(network) || Number(bits) > 32) throw fail(index, 'no IPv4 network');
    if (!isWithin(Number(delay), DELAY)) throw fail(index, `delay takes ${boundsText(DELAY)}`);
    const other = otherPort === undefined ? {} : { other: { for: Number(otherFor), port: Number(otherPort) } };
    const next = via === undefined ? { port: Number(port), ...other } : { office: via };
    office.routes.push({ network, bits: Number(bits), next, cost: Number(cost), delay: Number(delay) });
  }
  return offices;
}

/** The routes for `address`: of those that fit, the ones of the longest prefix (RFC 1812, 5.2.4.3). */
export function routesFor(address: string, { routes }: Office): Route[] {
  const fitting = routes.filter(({ network, bits }) => samePrefix(address, network, bits));
  const longest = Math.max(...fitting.map(({ bits }) => bits));
  return fitting.filter(({ bits }) => bits === longest);
}

function samePrefix(address: string, network: string, bits: number): boolean {
  if (!isIPv4(address)) return false;
  const size = 2 ** (32 - bits);
  return Math.floor(toNumber(address) / size) === Math.floor(toNumber(network) / size);
}

function toNumber(address: string): number {
  return address.split('.').reduce((number, byte) => number * 256 + Number(byte), 0);
}
