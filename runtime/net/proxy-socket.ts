// Taking the PROXY protocol header off a socket, before anything else reads from it.

import type { Socket } from 'node:net';
import { type ProxyHeader, ProxyHeaderError, parseProxyHeader } from './proxy-protocol.ts';

/**
 * Reads the header that `socket` must begin with. What follows stays in the socket, to be read next
 * (a relay, an HTTP server by `server.emit('connection', socket)`). Rejects with a ProxyHeaderError when the bytes are none,
 * when it is not whole within `timeout` ms, or when the sender goes; the socket is then the caller's to destroy.
 */
export function receiveProxyHeader(socket: Socket, { timeout }: { timeout: number }): Promise<ProxyHeader> {
  return new Promise((resolve, reject) => {
    let received: Buffer = Buffer.alloc(0);
    const timer = setTimeout(() => fail('the header was not received in time'), timeout);
    const settle = () => {
      clearTimeout(timer);
      socket.off('readable', onReadable).off('end', onGone).off('close', onGone).off('error', onGone);
    };
    const fail = (reason: string | Error) => {
      settle();
      socket.on('error', () => {});
      reject(typeof reason === 'string' ? new ProxyHeaderError(reason) : reason);
    };
    const onGone = () => fail('the connection was closed before the header was complete');
    const onReadable = () => {
      for (let chunk = socket.read() as Buffer | null; chunk !== null; chunk = socket.read() as Buffer | null) {
        received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
        try {
          const parsed = parseProxyHeader(received);
          if (parsed === undefined) continue;
          settle();
          if (received.length > parsed.length) socket.unshift(received.subarray(parsed.length));
          resolve(parsed.header);
        } catch (error) {
          fail(error as Error);
        }
        return;
      }
    };
    socket.on('readable', onReadable).on('end', onGone).on('close', onGone).on('error', onGone);
  });
}
