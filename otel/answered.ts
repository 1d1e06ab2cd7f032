// When a server's part is over: at the moment its last byte is handed to the system. The client may have that byte, and
// its span may have ended, before Node tells the server that it was sent ('finish'): then a child would outlast its parent.

import type { ServerResponse } from 'node:http';
import { now } from './clock.ts';

/**
 * Watches `response` from now on. The returned function tells when its span is to end, in ms since 1970: for an answer
 * that went out whole, when its last byte was handed over; for one that did not, now.
 */
export function endOf(response: ServerResponse): () => number {
  let handedOver: number | undefined;
  response.once('prefinish', () => {
    handedOver = now();
  });
  return () => (response.writableFinished ? (handedOver ?? now()) : now());
}
