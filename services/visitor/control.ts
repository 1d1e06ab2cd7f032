// What the visitor sends to the private control ports of the other services; under Compose only it can reach them.

import { ApiError } from '../../runtime/http/api-error.ts';
import { authority, type Endpoint } from '../../runtime/net/endpoint.ts';
import type { ErrorBody } from './api.ts';

const TIMEOUT_MS = 5000;
/** Restarting all workers takes longer. */
const RELOAD_TIMEOUT_MS = 60_000;

/**
 * Sends a request to the control port at `endpoint`, with `body` as JSON, and resolves with the JSON of the response (undefined
 * for 204). Throws an ApiError: the service's own when it refuses, 503 `unreachable` when it does not respond within `timeout` ms.
 */
export async function callControl(
  endpoint: Endpoint,
  method: string,
  path: string,
  { body, timeout = TIMEOUT_MS }: { body?: unknown; timeout?: number } = {},
): Promise<object | undefined> {
  const init = { method, ...(body !== undefined && { body: JSON.stringify(body) }) };
  const address = authority(endpoint);
  const unreachable = () => {
    throw new ApiError(503, 'unreachable', `The control port ${address} does not respond. Is its service running?`);
  };
  const signal = AbortSignal.timeout(timeout);
  const response = await fetch(`http://${address}${path}`, { ...init, signal }).catch(unreachable);
  if (response.status === 204) return undefined;
  const answer: unknown = await response.json().catch(unreachable);
  if (response.ok) return answer as object;
  const { code, message } = (answer as ErrorBody).error;
  throw new ApiError(response.status, code, message);
}

/** Restarts all workers, one after another; resolves when the last replacement is ready. */
export async function reloadWorkers(gatewayControl: Endpoint): Promise<void> {
  await callControl(gatewayControl, 'POST', '/reload', { timeout: RELOAD_TIMEOUT_MS });
}
