// Asks a service's private control port: under Compose only the visitor can reach it.

import { Problem } from '../../runtime/http/problem.ts';
import { authority, type Endpoint } from '../../runtime/net/endpoint.ts';
import type { Problem as Said } from './api.ts';

/**
 * Sends `method` and `path` to the control port at `endpoint`, with `body` as JSON; resolves with the object that comes back
 * (undefined for none). Throws a Problem: the service's own when it refuses, 503 when it does not answer.
 */
export async function askControl(
  endpoint: Endpoint,
  method: string,
  path: string,
  body?: unknown,
): Promise<object | undefined> {
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await fetch(`http://${authority(endpoint)}${path}`, { method, ...sent }).catch(() => {
    throw new Problem(503, 'away', `The control port ${authority(endpoint)} does not answer. Is its service running?`);
  });
  if (response.status === 204) return undefined;
  const answer: unknown = await response.json();
  if (response.ok) return answer as object;
  const { code, message } = (answer as Said).error;
  throw new Problem(response.status, code, message);
}
