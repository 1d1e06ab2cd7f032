// Unix sockets between the services of one machine, as nginx and gunicorn are set up there: a request costs less than over TCP.
// Beside its port a service listens at a socket named after it, `8182.sock`, in a folder that only this user may enter
// (WAYBILL_SOCKETS); a client of that port connects to the socket if there is one, otherwise by TCP.

import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { connect, createServer, type NetConnectOpts, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { makeFolder } from '../folder.ts';
import { log } from '../log.ts';
import { isWindows } from '../platform/system.ts';
import type { Endpoint } from './endpoint.ts';
import { isLoopback } from './loopback.ts';

/** The longest path of a socket in bytes (macOS: 104 with its end; Linux: 108); longer ones use TCP. */
const MAX_PATH_BYTES = 103;

const unixSockets = new WeakSet<Socket>();

/** Whether a connection is by a Unix socket: its other end is a process of this user, on this machine. */
export function isUnixSocket(socket: Socket): boolean {
  return unixSockets.has(socket);
}

/** The socket to connect to for `endpoint`; undefined without a `folder`, without a socket there, or for another machine. */
export function unixSocketOf(folder: string, { host, port }: Endpoint): string | undefined {
  const path = isLoopback(host) ? pathFor(folder, port) : undefined;
  return path !== undefined && existsSync(path) ? path : undefined;
}

/** Connects to `options`, by the Unix socket there where there is one. */
export function connectLocally(folder: string, options: Endpoint & NetConnectOpts): Socket {
  const path = unixSocketOf(folder, options);
  if (path === undefined) return connect(options);
  const socket = connect({ ...options, path });
  unixSockets.add(socket);
  return socket;
}

/**
 * A listener that hands its connections to the HTTP server `http`, whose port it stands beside.
 * Close it together with `http` (closeServer); its file is removed then.
 */
export function createUnixListener(http: Server): Server {
  return createServer({ allowHalfOpen: true }, (socket) => {
    unixSockets.add(socket);
    http.emit('connection', socket);
  });
}

/**
 * Listens at the socket for `port`, in place of one that an earlier process left there; does nothing without a `folder`. Where the
 * file system takes no sockets, as some shared folders of containers, the port is all there is.
 */
export async function listenUnix(listener: Server, folder: string, port: number): Promise<void> {
  const path = pathFor(folder, port);
  if (path === undefined) return;
  try {
    makeFolder(folder, 0o700);
    rmSync(path, { force: true }); // the port is this process's: no other listens there
    await once(listener.listen(path), 'listening');
  } catch (error) {
    log.warn({ err: error }, `${path} cannot be a Unix socket: requests come by TCP`);
  }
}

function pathFor(folder: string, port: number): string | undefined {
  if (folder === '' || isWindows()) return undefined;
  const path = join(folder, `${port}.sock`);
  return Buffer.byteLength(path) <= MAX_PATH_BYTES ? path : undefined;
}
