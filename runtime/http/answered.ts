// When a server's part is over: at the moment its last byte is handed to the system. The client may have that byte, and
// its span may have ended, before Node reports that it was sent ('finish'): then a child would outlast its parent.

import type { ServerResponse } from 'node:http';
import { now } from '../../otel/clock.ts';

/**
 * Watches `response` from now on. The returned function gives the time at which its span is to end, in ms since 1970: for an answer
 * that went out whole, when its last byte was handed over; for one that did not, now.
 */
export function responseEndOf(response: ServerResponse): () => number {
  let handedOver: number | undefined;
  const { end } = response;
  // Not the event 'prefinish': it comes after the bytes have gone, some 0.2 ms too late.
  response.end = ((...last: Parameters<typeof end>) => {
    handedOver = now();
    return end.apply(response, last);
  }) as typeof end;
  return () => (response.writableFinished ? (handedOver ?? now()) : now());
}
