// Relays bytes between two connections in both directions, with backpressure: neither is read faster than the other is written.
// An end (FIN) is passed on as an end, so the other direction stays open; a reset as a reset.

import type { Socket } from 'node:net';

export type RelayReport = {
  /** Bytes from the first socket to the second, and from the second to the first. */
  forth: number;
  back: number;
  /** `ended` by both, `reset` by one, or closed after `idle` ms without a byte. */
  closing: 'ended' | 'reset' | 'idle';
};

/** Joins two open sockets (both with `allowHalfOpen`); resolves when both are closed. `idle` in ms. */
export function relay(first: Socket, second: Socket, { idle }: { idle: number }): Promise<RelayReport> {
  return new Promise((resolve) => {
    let closing: RelayReport['closing'] = 'ended';
    let open = 2;
    const cut = (why: RelayReport['closing']) => {
      if (closing === 'ended') closing = why;
      first.resetAndDestroy();
      second.resetAndDestroy();
    };
    const join = (from: Socket, to: Socket) => {
      from.pipe(to);
      from.setTimeout(idle, () => cut('idle'));
      from.on('error', () => cut('reset'));
      from.on('close', () => {
        if (!to.destroyed && !to.writableEnded) cut('reset');
        if (--open === 0) resolve({ forth: first.bytesRead, back: second.bytesRead, closing });
      });
    };
    join(first, second);
    join(second, first);
    if (first.destroyed || second.destroyed) cut('reset'); // it closed before its listener was added
  });
}
