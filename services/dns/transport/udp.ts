// Datagrams: one message each (RFC 1035, 4.2.1).

import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { type Listening, listenError } from '../../../otel/listen.ts';
import type { Receive } from '../protocol.ts';

/** Room for bursts, in bytes; the system gives at most what it is set to (net.core.rmem_max). */
const BUFFER = 4 * 1024 * 1024;

/** Listens for datagrams; resolves with the socket, or rejects with an Error that says what to do. */
export function listenUdp(listening: Listening, receive: Receive): Promise<Socket> {
  const socket = createSocket({
    type: 'udp4',
    recvBufferSize: BUFFER,
    sendBufferSize: BUFFER,
    // Replies go to addresses, which need no looking up: Node's own way costs a tick for each.
    lookup: (address, _options, done) => done(null, address, 4),
  });
  const ignore = () => {}; // the client is gone, or its address is none that can be sent to
  let open = true;
  socket.once('close', () => {
    open = false;
  });
  // Replies to what arrived together leave together: a client is woken once for all of them, which is most of the cost.
  let replies: { reply: Buffer; to: RemoteInfo }[] = [];
  const sendAll = () => {
    const ready = replies;
    replies = [];
    for (const { reply, to } of ready) if (open) socket.send(reply, 0, reply.length, to.port, to.address, ignore);
  };
  socket.on('message', (bytes, to) => {
    receive(bytes, 'udp', (reply) => {
      if (replies.push({ reply, to }) === 1) setImmediate(sendAll);
    });
  });
  return new Promise((resolve, reject) => {
    socket.once('error', (error) => reject(listenError(error, listening)));
    socket.bind(listening.port, listening.host, () => {
      socket.removeAllListeners('error').on('error', ignore);
      resolve(socket);
    });
  });
}
