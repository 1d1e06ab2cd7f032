// The address of the learner's own app: plain HTTP on this machine, and not one of the lab's own ports.

import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { PORTS } from '../../../otel/contract/services.ts';
import { ApiError } from '../../../runtime/http/api-error.ts';
import type { Endpoint } from '../../../runtime/net/endpoint.ts';
import { isLoopback } from '../../../runtime/net/loopback.ts';
import { checkHealth } from './probe.ts';

/** Docker's name for the machine on which its containers run. */
const DOCKER_HOST = 'host.docker.internal';
const WILDCARDS: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/** `taken`: the purpose of each port of the lab, by its number. */
type AddressRules = { allowRemote: boolean; taken: ReadonlyMap<number, string> };

/**
 * Reads `text`: `http://127.0.0.1:8000`, `localhost:8000` or a port alone. A name that is not of this machine is resolved, and its
 * address kept, so that it cannot lead elsewhere later. Throws an ApiError that says why it is not accepted, and what to do.
 */
export async function readAddress(text: string, { allowRemote, taken }: AddressRules): Promise<Endpoint> {
  const { host, port } = parse(text);
  const isOwn = isLocalName(host) || isLocalAddress(host);
  const resolved = isOwn || isIP(host) !== 0 ? host : await resolveName(host);
  const isHere = isOwn || isLocalAddress(resolved);
  if (!isHere && !allowRemote) {
    throw refusal(
      `${host} is not this machine. The lab sends requests to it only with --allow-remote (WAYBILL_APP_ALLOW_REMOTE=true).`,
    );
  }
  const purpose = isHere ? taken.get(port) : undefined;
  if (purpose !== undefined) {
    throw refusal(`Port ${port} is the lab's own (${purpose}): start your app on another port.`);
  }
  const found = { host: WILDCARDS[resolved] ?? resolved, port };
  return isLocalhost(host) && (await isOnIPv6Alone(port)) ? { host: '::1', port } : found;
}

/** The system may know localhost as 127.0.0.1 alone; a program that listens at localhost may do so at ::1. */
async function isOnIPv6Alone(port: number): Promise<boolean> {
  const check = (host: string) => checkHealth({ host, port }, undefined);
  const [failure4, failure6] = await Promise.all(['127.0.0.1', '::1'].map(check));
  return failure4 !== undefined && failure6 === undefined;
}

/** The lab's own ports; `environment` holds those that are not the default. */
export function ownPorts(environment: NodeJS.ProcessEnv): Map<number, string> {
  return new Map(
    Object.entries(PORTS).map(([name, { default: number, purpose }]) => [Number(environment[name] ?? number), purpose]),
  );
}

function parse(text: string): Endpoint {
  const given = text.trim();
  const url = URL.parse(
    /^\d+$/.test(given) ? `http://127.0.0.1:${given}` : given.includes('://') ? given : `http://${given}`,
  );
  const example = 'expected the address of a running program, such as http://127.0.0.1:8000';
  if (url === null || url.hostname === '' || url.port === '0') throw refusal(`${example}, got "${text}".`);
  if (url.protocol !== 'http:') {
    throw refusal(`${example}, got "${text}": the lab speaks TLS itself, and plain HTTP to the app.`);
  }
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '') {
    throw refusal(`${example}, got "${text}": without user, path or query.`);
  }
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port || 80) };
}

function isLocalName(host: string): boolean {
  return isLocalhost(host) || host === DOCKER_HOST;
}

function isLocalhost(host: string): boolean {
  return /(^|\.)localhost\.?$/.test(host);
}

function isLocalAddress(address: string): boolean {
  if (address in WILDCARDS || isLoopback(address)) return true;
  return Object.values(networkInterfaces()).some((each) => each?.some((found) => found.address === address));
}

function refusal(message: string): ApiError {
  return new ApiError(400, 'bad_address', message);
}

async function resolveName(host: string): Promise<string> {
  try {
    return (await lookup(host)).address;
  } catch {
    throw refusal(`${host} does not resolve to an address.`);
  }
}
