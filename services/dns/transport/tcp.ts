// Streams: each message with its length in two bytes before it, several on one connection, answered in any order
// (RFC 1035, 4.2.2; RFC 7766).

import { createServer, type Server, type Socket } from 'node:net';
import { firstMessage, framed } from '../../../runtime/dns/framing.ts';
import { type Listening, listen } from '../../../runtime/net/listen.ts';
import { isQuery } from '../message/query.ts';
import type { Receive } from '../protocol.ts';

export type TcpBounds = {
  /** How many connections may be open at once; more are closed at once. */
  connections: number;
  /** How long a connection may go without a whole message, in ms. */
  idle: number;
};

/** How many questions of one connection may wait for their answers; then no more are read. */
const IN_FLIGHT = 100;

/** Listens for connections on `listening`; resolves with the server. */
export async function listenTcp(listening: Listening, bounds: TcpBounds, receive: Receive): Promise<Server> {
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => serve(socket, bounds.idle, receive));
  server.maxConnections = bounds.connections;
  await listen(server, listening);
  return server;
}

function serve(socket: Socket, idle: number, receive: Receive): void {
  let received: Buffer = Buffer.alloc(0);
  let waiting = 0;
  let reading = false;
  let ended = false;
  let timer = setTimeout(() => socket.destroy(), idle);

  const send = (reply: Buffer) => {
    waiting--;
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
