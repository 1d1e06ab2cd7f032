// Datagrams: one message each (RFC 1035, 4.2.1).

import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { afterTick } from '../../../runtime/after-tick.ts';
import { type Listening, listenError } from '../../../runtime/net/listen.ts';
import type { Receive } from '../protocol.ts';

/** Socket buffers for bursts, in bytes; the system's maximum is net.core.rmem_max. */
const BUFFER = 4 * 1024 * 1024;

/** Listens for datagrams; resolves with the socket, or rejects with an Error with the variable to change. */
export function listenUdp(listening: Listening, receive: Receive): Promise<Socket> {
  const family = isIPv6(listening.host) ? 6 : 4;
  const socket = createSocket({
    type: family === 6 ? 'udp6' : 'udp4',
    recvBufferSize: BUFFER,
    sendBufferSize: BUFFER,
    // Replies go to addresses, which need no lookup; Node's default costs a tick for each.
    lookup: (address, _options, done) => done(null, address, family),
  });
  const ignore = () => {}; // the client has gone, or its address is not reachable
  let isOpen = true;
  socket.once('close', () => {
    isOpen = false;
  });
  const send = (reply: Buffer, { port, address }: RemoteInfo) => {
    if (isOpen) socket.send(reply, 0, reply.length, port, address, ignore);
  };
  socket.on('message', (bytes, to) => {
    receive(bytes, 'udp', (reply) => afterTick(() => send(reply, to)));
  });
  return new Promise((resolve, reject) => {
    socket.once('error', (error) => reject(listenError(error, listening)));
    socket.bind(listening.port, listening.host, () => {
      socket.removeAllListeners('error').on('error', ignore);
      resolve(socket);
    });
  });
}
