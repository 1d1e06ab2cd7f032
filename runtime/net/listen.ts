// Listening, with an error that says what to do when the port is taken.

import type { AddressInfo, Server } from 'node:net';

/** Where to listen, and the environment variable that changes the port (port 0: any free one). */
export type Listening = { host: string; port: number; variable: string };

/** Listens; resolves with the port. Rejects with an Error that names port, reason and variable. */
export function listen(server: Server, { host, port, variable }: Listening): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(listenError(error, { host, port, variable })));
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

/** The Error that a failed listen ends with. */
export function listenError(error: NodeJS.ErrnoException, { host, port, variable }: Listening): Error {
  if (error.code !== 'EADDRINUSE') return error;
  return Object.assign(new Error(`Port ${port} on ${host} is taken. Free it, or set ${variable} to another port.`), {
    code: 'EADDRINUSE',
  });
}
