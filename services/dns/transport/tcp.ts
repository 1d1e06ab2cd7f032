// Streams: each message with its length in two bytes before it, several on one connection, answered in any order
// (RFC 1035, 4.2.2; RFC 7766).

import { createServer, type Server, type Socket } from 'node:net';
import { firstMessage, framed } from '../../../runtime/dns/framing.ts';
import { type Listening, listen } from '../../../runtime/net/listen.ts';
import { type Share, SharedBound } from '../../../runtime/net/shared-bound.ts';
import { isQuery } from '../message/query.ts';
import type { Receive } from '../protocol.ts';

export type TcpBounds = {
  /** How many connections may be open at once; then the one idle longest is closed for a new one (RFC 7766, 6.2.3). */
  connections: number;
  /** How long a connection may go without a whole message, in ms. */
  idle: number;
};

/** How many questions of one connection may wait for their answers; then no more are read. */
const IN_FLIGHT = 100;

/** Listens for connections on `listening`; resolves with the server. */
export async function listenTcp(listening: Listening, bounds: TcpBounds, receive: Receive): Promise<Server> {
  const open = new SharedBound(bounds.connections);
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    const share = open.acquire(1, { ms: 0, takeBack: () => socket.destroy() });
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
  let reading = false;
  let ended = false;
  let timer = setTimeout(() => socket.destroy(), idle);

  const send = (reply: Buffer) => {
    waiting--;
    if (waiting === 0) share.hold(0);
    if (socket.writable) socket.write(framed(reply));
    if (!reading) readOn();
  };

  const readOn = () => {
    reading = true;
    while (waiting < IN_FLIGHT && !socket.writableNeedDrain) {
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
    reading = false;
    if (waiting >= IN_FLIGHT || socket.writableNeedDrain) socket.pause();
    else if (socket.isPaused()) socket.resume();
    if (ended && waiting === 0) socket.end();
  };

  socket.on('data', (chunk: Buffer) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    readOn();
  });
  socket.on('drain', readOn);
  socket.on('end', () => {
    ended = true;
    readOn();
  });
  socket.on('error', () => {}); // the client went
  socket.on('close', () => clearTimeout(timer));
}
