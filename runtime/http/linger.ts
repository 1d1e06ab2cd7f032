// The end of a connection whose client has been answered though it still sends. Closed at once, its system would throw away
// the answer with what it cannot send any more (RFC 9112, 9.6); nginx: lingering_close.

import type { ServerResponse } from 'node:http';

/** How long a client that has its answer may pause, and go on sending, until its connection is cut, in ms. */
const PAUSE = 500;
const LINGER = 5000;

/**
 * Sends `body` as the whole of `response`, whose headers are written (`connection: close` among them). What the request still
 * brings is read and dropped; its connection is closed when it is whole, or has paused or gone on for too long.
 */
export function endAndLinger(response: ServerResponse, body: string | Uint8Array): void {
  const { req: request } = response;
  const end = () => {
    clearTimeout(longest);
    clearTimeout(pause);
    response.end();
  };
  const longest = setTimeout(end, LINGER);
  const pause = setTimeout(end, PAUSE);
  response.write(body);
  request
    .once('end', end)
    .once('close', end)
    .on('error', () => {})
    .on('data', () => pause.refresh())
    .resume();
}
