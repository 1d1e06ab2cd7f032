// Passes on what a scenario asks of a service's private control port: under Compose only the visitor can reach it.

import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Endpoint } from '../../runtime/net/endpoint.ts';
import type { Problem } from './api.ts';
import { BadRequest } from './errors.ts';

/** Asks the control port at `endpoint` for `path`, as `request` asks the visitor; resolves with its answer's JSON. Throws a BadRequest with its words when it refuses. */
export async function askControl(request: IncomingMessage, { host, port }: Endpoint, path: string): Promise<string> {
  const body = await text(request);
  const { method = 'GET' } = request;
  const asked = fetch(`http://${host}:${port}${path}`, { method, ...(body !== '' && { body }) });
  const response = await asked.catch(() => {
    throw new BadRequest(`The control port ${host}:${port} does not answer. Is its service running?`, 503);
  });
  const answer = await response.text();
  if (!response.ok) throw new BadRequest((JSON.parse(answer) as Problem).error.message, response.status);
  return answer;
}
