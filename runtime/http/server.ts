// Every HTTP server of the lab is made here. What Node leaves to whoever makes one is settled once:
//
//   a socket never fails without a listener: an error of one that Node has handed over (CONNECT, upgrade, clientError) would
//     otherwise end the process
//   a connection has one request in hand: what a client sends ahead (pipelining, RFC 9112, 9.3.2) waits unread, as with nginx
//   the parser is strict, whatever NODE_OPTIONS says
//   100 Continue is said by whoever wants the body, not before it is known that the request is not refused (body.ts)

import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';

type Exchange = [request: IncomingMessage, response: ServerResponse];

/** One connection: the response in hand, and what was sent ahead of it. */
type Line = {
  current: ServerResponse | undefined;
  waiting: Exchange[];
  whenAllBegun: (() => void)[];
  isPaused: boolean;
};

const lines = new WeakMap<Socket, Line>();

/** A server whose requests `listener` answers, one at a time for a connection. */
export function createHttpServer(options: ServerOptions, listener: RequestListener): Server {
  const server = createServer({ ...options, insecureHTTPParser: false });
  const open = (socket: Socket) => {
    socket.on('error', () => {});
    lines.set(socket, { current: undefined, waiting: [], whenAllBegun: [], isPaused: false });
  };
  const receive: RequestListener = (request, response) => {
    const line = lines.get(request.socket) as Line;
    if (line.current === undefined || line.current.closed) begin(line, [request, response]);
    else wait(line, [request, response]);
  };
  const begin = (line: Line, exchange: Exchange) => {
    line.current = exchange[1];
    listener(...exchange);
  };
  const wait = (line: Line, exchange: Exchange) => {
    if (line.waiting.push(exchange) === 1) line.current?.once('close', () => next(line, exchange[0].socket));
    if (line.isPaused) return;
    line.isPaused = true;
    // Not now: Node reads on when it has parsed this request. What came in the same piece (64 KiB) is parsed all the same.
    process.nextTick(() => {
      if (line.isPaused) exchange[0].socket.pause();
    });
  };
  const next = (line: Line, socket: Socket) => {
    const following = line.waiting.shift();
    if (following === undefined || socket.destroyed) return;
    begin(line, following);
    if (line.waiting.length > 0) {
      line.current?.once('close', () => next(line, socket));
    } else {
      line.isPaused = false;
      socket.resume();
      for (const act of line.whenAllBegun.splice(0)) act();
    }
  };
  return server
    .on('connection', open)
    .on('request', receive)
    .on('checkContinue', receive)
    .on('checkExpectation', receive); // what is expected besides 100-continue is not ours to promise (RFC 9110, 10.1.1)
}

/** Does `act` when every request that has arrived on `socket` has been begun, the last perhaps not answered. */
export function whenAllBegun(socket: Socket, act: () => void): void {
  const line = lines.get(socket);
  if (line === undefined || line.waiting.length === 0) act();
  else line.whenAllBegun.push(act);
}
