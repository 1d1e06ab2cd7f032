// The end of a connection whose client has been answered though it still sends. Closed at once, its system would throw away
// the answer with what it cannot send any more (RFC 9112, 9.6); nginx: lingering_close.

import type { ServerResponse } from 'node:http';

/** How long a client that has its answer may go on sending until its connection is cut, in ms. */
const LINGER = 500;

/**
 * Sends `body` as the whole of `response`, whose headers are written (`connection: close` among them). What the request still
 * brings is read and forgotten; its connection is closed when it is whole, or after a moment.
 */
export function endAndLinger(response: ServerResponse, body: string): void {
  const { req: request } = response;
  const end = () => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(end, LINGER);
  response.write(body);
  request
    .once('end', end)
    .once('close', end)
    .on('error', () => {})
    .resume();
}
