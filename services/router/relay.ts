// Two connections made one: bytes pass both ways as they come, and neither side is read faster than the other takes.
// An end is passed on as an end (the other direction goes on), a reset as a reset.

import type { Socket } from 'node:net';

export type Relayed = {
  /** Bytes from the first socket to the second, and back. */
  forth: number;
  back: number;
  /** `ended` by both sides, `reset` by one, or `idle` for too long. */
  closing: 'ended' | 'reset' | 'idle';
};

/** Joins two open sockets (both with `allowHalfOpen`); resolves when both are closed. `idle` in ms. */
export function relay(first: Socket, second: Socket, { idle }: { idle: number }): Promise<Relayed> {
  return new Promise((resolve) => {
    let closing: Relayed['closing'] = 'ended';
    let open = 2;
    const cut = (why: Relayed['closing']) => {
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
    if (first.destroyed || second.destroyed) cut('reset'); // one went before it was listened to
  });
}
