// TCP: each message follows its length in two bytes; a connection carries several, answered in any order (RFC 1035, 4.2.2; RFC 7766).

import { createServer, type Server, type Socket } from 'node:net';
import { firstMessage, framed } from '../../../runtime/dns/framing.ts';
import { type Listening, listen } from '../../../runtime/net/listen.ts';
import { type Share, SharedBound } from '../../../runtime/net/shared-bound.ts';
import { isQuery } from '../message/query.ts';
import type { Receive } from '../protocol.ts';

export type TcpBounds = {
  /** How many connections may be open; for a further one, the one idle longest is closed (RFC 7766, 6.2.3). */
  connections: number;
  /** How long a connection may be open without a whole message, in ms. */
  idle: number;
};

/** How many queries of one connection may wait for their replies; then no more are read. */
const MAX_IN_FLIGHT = 100;

/** Listens for connections on `listening`; resolves with the server. */
export async function listenTcp(listening: Listening, bounds: TcpBounds, receive: Receive): Promise<Server> {
  const bound = new SharedBound(bounds.connections);
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    const share = bound.acquire(1, { ms: 0, takeBack: () => socket.destroy() });
    if (share === undefined) return void socket.destroy();
    socket.once('close', share.release);
    serve(socket, { idle: bounds.idle, share }, receive);
  });
  await listen(server, listening);
  return server;
}

function serve(socket: Socket, { idle, share }: { idle: number; share: Share }, receive: Receive): void {
  let received: Buffer = Buffer.alloc(0);
  let waiting = 0;
  let isReading = false;
  let hasEnded = false;
  let timer = setTimeout(() => socket.destroy(), idle);

  const send = (reply: Buffer) => {
    waiting--;
    if (waiting === 0) share.hold(0);
    if (socket.writable) socket.write(framed(reply));
    if (!isReading) readMessages();
  };

  const readMessages = () => {
    isReading = true;
    while (waiting < MAX_IN_FLIGHT && !socket.writableNeedDrain) {
      const message = firstMessage(received);
      if (message === undefined) break;
      if (!isQuery(message)) return void socket.destroy();
      received = received.subarray(2 + message.length);
      clearTimeout(timer);
      timer = setTimeout(() => socket.destroy(), idle);
      waiting++;
      share.hold(idle);
      receive(message, 'tcp', send);
    }
    isReading = false;
    if (waiting >= MAX_IN_FLIGHT || socket.writableNeedDrain) socket.pause();
    else if (socket.isPaused()) socket.resume();
    if (hasEnded && waiting === 0) socket.end();
  };

  socket.on('data', (chunk: Buffer) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    readMessages();
  });
  socket.on('drain', readMessages);
  socket.on('end', () => {
    hasEnded = true;
    readMessages();
  });
  socket.on('error', () => {}); // the client has gone
  socket.on('close', () => clearTimeout(timer));
}
