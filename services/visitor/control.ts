// What the visitor asks of the services' private control ports: under Compose only it can reach them.

import { Problem } from '../../runtime/http/problem.ts';
import { authority, type Endpoint } from '../../runtime/net/endpoint.ts';
import type { Fault, Problem as Said } from './api.ts';

/** How long an answer may take, in ms; to replace all workers takes longer. */
const TIMEOUT = 5000;
const RELOAD_TIMEOUT = 60_000;

/**
 * Sends `method` and `path` to the control port at `endpoint`, with `body` as JSON; resolves with the object that comes back
 * (undefined for none). Throws a Problem: the service's own when it refuses, 503 when it does not answer.
 */
export async function askControl(
  endpoint: Endpoint,
  method: string,
  path: string,
  { body, timeout = TIMEOUT }: { body?: unknown; timeout?: number } = {},
): Promise<object | undefined> {
  const sent = { ...(body !== undefined && { body: JSON.stringify(body) }), signal: AbortSignal.timeout(timeout) };
  const away = () =>
    new Problem(503, 'away', `The control port ${authority(endpoint)} does not answer. Is its service running?`);
  const response = await fetch(`http://${authority(endpoint)}${path}`, { method, ...sent }).catch(() =>
    Promise.reject(away()),
  );
  if (response.status === 204) return undefined;
  const answer: unknown = await response.json().catch(() => Promise.reject(away()));
  if (response.ok) return answer as object;
  const { code, message } = (answer as Said).error;
  throw new Problem(response.status, code, message);
}

/** Has the phonebook forget everything. */
export async function flushResolver(resolverControl: Endpoint): Promise<void> {
  await askControl(resolverControl, 'POST', '/flush');
}

/** Has all workers replaced, one after another; resolves when the last is new. */
export async function reloadWorkers(gatewayControl: Endpoint): Promise<void> {
  await askControl(gatewayControl, 'POST', '/reload', { timeout: RELOAD_TIMEOUT });
}

/** Changes settings of the gateway (`{ workers: 1 }`); resolves with what sets them back to what they were. */
export async function setGateway(gatewayControl: Endpoint, settings?: object): Promise<() => Promise<void>> {
  if (settings === undefined) return async () => {};
  const { faults } = (await askControl(gatewayControl, 'GET', '/faults')) as { faults: Fault[] };
  const changes = Object.fromEntries(Object.entries(settings).map(([name, value]) => [`gateway.${name}`, value]));
  const before = faults.filter(({ id }) => id in changes).map(({ id, value }) => [id, value]);
  const change = (body: object) => askControl(gatewayControl, 'PUT', '/faults', { body });
  await change(changes);
  return async () => void (await change(Object.fromEntries(before)));
}
