// Listening, with an error that names the remedy when the port is not available.

import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { isWindows } from '../platform/system.ts';

/** Where to listen, and the environment variable that changes the port (port 0: any free one). */
export type Listening = { host: string; port: number; variable: string };

const heard: string[] = [];

/** Listens; resolves with the port. Rejects with an Error that names port, reason and variable. */
export function listen(server: Server, { host, port, variable }: Listening): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(listenError(error, { host, port, variable })));
    server.listen(port, host, () => {
      const { address, family, port: own } = server.address() as AddressInfo;
      heard.push(family === 'IPv6' ? `[${address}]:${own}` : `${address}:${own}`);
      resolve(own);
    });
  });
}

/** Listens on a free port of 127.0.0.1 for this process alone: `listeningAt` does not have it. Resolves with the port. */
export async function listenPrivately(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

/** A port of 127.0.0.1 on which no process listens. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listenPrivately(server);
  await once(server.close(), 'close');
  return port;
}

/** Every address that this process has begun to listen at, in that order. */
export function listeningAt(): readonly string[] {
  return heard;
}

/** The Error that a failed listen ends with. */
export function listenError(error: NodeJS.ErrnoException, { host, port, variable }: Listening): Error {
  const reason = reasonOf(error.code, { host, port, variable });
  return reason === undefined ? error : Object.assign(new Error(reason), { code: error.code });
}

function reasonOf(code: string | undefined, { host, port, variable }: Listening): string | undefined {
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} on ${host} is in use. Stop the program that listens there, or set ${variable} to another port.`;
    case 'EACCES':
      if (isWindows()) return `Windows keeps port ${port} for itself. Set ${variable} to another port.`;
      return `This user must not listen on port ${port} of ${host}. Set ${variable} to a port from 1024 on.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `${host} is not an address of this machine. Set WAYBILL_HOST to one that is, such as 127.0.0.1.`;
  }
  return undefined;
}
