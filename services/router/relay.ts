// Relays bytes between two connections in both directions, with backpressure: neither is read faster than the other is written.
// An end (FIN) is passed on as an end, so the other direction stays open; a reset as a reset.

import type { Socket } from 'node:net';
import { createLongLink } from './long-link.ts';

export type RelayReport = {
  /** Bytes from the first socket to the second, and from the second to the first. */
  forth: number;
  back: number;
  /** `ended` by both, `reset` by one, or closed after `idle` ms without a byte. */
  closing: 'ended' | 'reset' | 'idle';
};

/** `head`: bytes for the second socket before all others; `linkDelay`: ms in each direction; `idle`: ms. */
type RelayOptions = { head: Buffer; linkDelay: number; idle: number };

/** Joins two open sockets (both with `allowHalfOpen`); resolves when both are closed. */
export function relay(first: Socket, second: Socket, { head, linkDelay, idle }: RelayOptions): Promise<RelayReport> {
  return new Promise((resolve) => {
    let closing: RelayReport['closing'] = 'ended';
    let open = 2;
    const cut = (why: RelayReport['closing']) => {
      if (closing === 'ended') closing = why;
      first.resetAndDestroy();
      second.resetAndDestroy();
    };
    const join = (from: Socket, to: Socket, begin?: Buffer) => {
      const link = linkDelay > 0 ? createLongLink(linkDelay) : undefined;
      if (begin) (link ?? to).write(begin);
      if (link) from.pipe(link).pipe(to);
      else from.pipe(to);
      from.setTimeout(idle, () => cut('idle'));
      from.on('error', () => cut('reset'));
      from.on('close', () => {
        if (!to.destroyed && !from.readableEnded) cut('reset');
        if (--open === 0) resolve({ forth: first.bytesRead, back: second.bytesRead, closing });
      });
    };
    join(first, second, head);
    join(second, first);
    if (first.destroyed || second.destroyed) cut('reset'); // it closed before its listener was added
  });
}
