// Every HTTP server of the lab is made here. What Node leaves to the caller is settled once:
//
//   a socket always has an error listener: an error of one that Node has handed over (CONNECT, upgrade, clientError) would
//     otherwise end the process
//   a connection has one request in hand; what a client sends ahead (pipelining, RFC 9112, 9.3.2) waits unread, as with nginx
//   a malformed request is refused in its turn (connection.ts)
//   the parser is strict, regardless of NODE_OPTIONS
//   100 Continue is left to the code that reads the body, which knows whether the request is refused (body.ts)
//   with `connections`: when as many are open, the one that is idle longest gives way to a new one, as with nginx
//   with `sendTimeout`: a client that does not read its answer is cut

import { createServer, type RequestListener, type Server, type ServerOptions, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type Share, SharedBound } from '../net/shared-bound.ts';
import { ApiError, rawApiError } from './api-error.ts';
import { type ConnectionEvents, HttpConnection } from './connection.ts';
import { type Allowed, guarded } from './guard.ts';

export type HttpOptions = ServerOptions &
  Partial<Pick<ConnectionEvents, 'fail' | 'refuse'>> & {
    /** Only these may ask: other hosts and origins are refused (guard.ts). */
    guard?: Allowed;
    /** How many connections may be open. */
    connections?: number;
    /** How long a client may take no byte of its answer, in ms. */
    sendTimeout?: number;
  };

/** While the bound on connections is reached, one may be busy so long until it gives way, in ms. */
const BUSY_MS = 30_000;

/** A server whose requests `listener` answers, one at a time for a connection. */
export function createHttpServer(options: HttpOptions, listener: RequestListener): Server {
  const { guard, connections, sendTimeout, fail = failMalformed, refuse = refuseRaw, ...nodeOptions } = options;
  const bound = connections === undefined ? undefined : new SharedBound(connections);
  const shares = new WeakMap<Socket, Share>();
  const busy = (socket: Socket, isBusy: boolean) => shares.get(socket)?.hold(isBusy ? BUSY_MS : 0);
  const answer = guard ? guarded(listener, guard) : listener;
  const events: ConnectionEvents = { answer, fail, refuse, ...(bound && { busy }) };
  const open = new WeakMap<Socket, HttpConnection>();

  const receive: RequestListener = (request, response) => open.get(request.socket)?.receive(request, response);
  const server = createServer({
    ...(guard && { requireHostHeader: false }), // the guard answers it, in the API's error format
    ...nodeOptions,
    insecureHTTPParser: false,
  });
  server
    .on('connection', (socket: Socket) => {
      socket.on('error', () => {});
      open.set(socket, new HttpConnection(socket, events));
      if (bound === undefined) return;
      const share = bound.acquire(1, { ms: 0, takeBack: () => socket.destroy() });
      if (share === undefined) return void socket.destroy();
      shares.set(socket, share);
      socket.once('close', share.release);
    })
    .on('request', receive)
    .on('checkContinue', receive)
    .on('checkExpectation', receive) // what is expected besides 100-continue is not ours to promise (RFC 9110, 10.1.1)
    .on('connect', (_, socket) => open.get(socket as Socket)?.refuse(noTunnel()))
    .on('dropRequest', (_, socket) => socket.destroy())
    .on('clientError', (error: ParseError, socket: Socket) => {
      const apiError = apiErrorOf(error);
      if (apiError === undefined) socket.destroySoon();
      else open.get(socket)?.refuse(apiError);
    });
  if (sendTimeout !== undefined) server.setTimeout(sendTimeout, (socket: Socket) => open.get(socket)?.timeOut());
  return server;
}

function noTunnel(): ApiError {
  return new ApiError(405, 'wrong_method', 'CONNECT is not supported', { allow: 'GET, HEAD' });
}

/** Why Node's parser, or its clock, refuses what came; undefined where the connection itself failed. */
function apiErrorOf(error: ParseError): ApiError | undefined {
  const { code = '' } = error;
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new ApiError(408, 'too_slow', 'The request was not received in time');
  if (code === 'HPE_HEADER_OVERFLOW') return new ApiError(431, 'headers_too_large', 'Request headers too large');
  if (code === 'HPE_INVALID_METHOD' && hasMethod(error))
    return new ApiError(501, 'unknown_method', 'Unsupported method');
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') return new ApiError(413, 'too_large', 'Request body too large');
  return code.startsWith('HPE_') ? new ApiError(400, 'bad_request', 'Malformed HTTP request') : undefined;
}

type ParseError = NodeJS.ErrnoException & { rawPacket?: Buffer; bytesParsed?: number };

/** Whether the line that Node's parser refused for its method is a request line, of a method that Node does not know (RFC 9110, 15.6.2). */
function hasMethod({ rawPacket, bytesParsed = 0 }: ParseError): boolean {
  const line = rawPacket?.subarray(rawPacket.lastIndexOf('\n', bytesParsed) + 1).toString('latin1') ?? '';
  return /^[A-Z][A-Z_-]* \S+ HTTP\/1\.[01]\r?\n/.test(line);
}

function failMalformed({ headersSent, req: { socket } }: ServerResponse, apiError: ApiError): void {
  if (headersSent) socket.destroy();
  else refuseRaw(socket, apiError);
}

function refuseRaw(socket: Socket, apiError: ApiError): void {
  if (!socket.writable) return void socket.destroy();
  socket.end(rawApiError(apiError));
  socket.destroySoon();
}
