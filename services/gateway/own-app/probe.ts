// Is the app up, and which names does it answer to? Neither leaves a span: a request carries a trace context that is not sampled.

import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { connect } from 'node:net';
import { untraced } from '../../../otel/untraced.ts';
import { authority, type Endpoint } from '../../../runtime/net/endpoint.ts';

const TIMEOUT_MS = 3000;

/** Why the app is not up; undefined: it is. `path`: what to request; without one, a connection is enough. */
export function checkHealth(endpoint: Endpoint, path: string | undefined): Promise<string | undefined> {
  return path === undefined ? checkConnection(endpoint) : checkPath(endpoint, path);
}

function checkConnection({ host, port }: Endpoint): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = untraced(() => connect({ host, port, timeout: TIMEOUT_MS }));
    const end = (reason?: string) => {
      socket.destroy();
      resolve(reason);
    };
    socket
      .once('connect', () => end())
      .once('timeout', () => end('no answer to a connection'))
      .once('error', (error) => end(reasonOf(error, { host, port })));
  });
}

async function checkPath(endpoint: Endpoint, path: string): Promise<string | undefined> {
  const status = await statusOf(endpoint, { method: 'GET', path, host: authority(endpoint) });
  if (typeof status === 'string') return status;
  return status < 400 ? undefined : `GET ${path} was answered with ${status}`;
}

type Probe = { method: string; path: string; host: string };

/** The status that a request is answered with, or why there is none. */
export function statusOf(endpoint: Endpoint, { method, path, host }: Probe): Promise<number | string> {
  const traceparent = `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-00`;
  const headers = { host, traceparent, connection: 'close' };
  return new Promise((resolve) => {
    const sent = untraced(() => request({ ...endpoint, method, path, headers, timeout: TIMEOUT_MS }));
    sent
      .once('response', (response) => {
        resolve(response.statusCode ?? 0);
        sent.destroy();
      })
      .once('timeout', () => sent.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)))
      .on('error', (error) => resolve(reasonOf(error, endpoint)))
      .end();
  });
}

function reasonOf({ code, message }: NodeJS.ErrnoException, endpoint: Endpoint): string {
  return code === 'ECONNREFUSED' ? `no process listens on ${authority(endpoint)}` : message || String(code);
}
