// A bound that several clients share (bytes in memory, connections, streams). No client may keep it from the others: when it
// is full, the share that has been held longest beyond its time is taken back for a new one.
//
//   acquired ──(its time)──▶ may be taken back ──▶ taken back, if another needs the room (`takeBack` ends its work)
//       └──────────────────────────┴─────────────▶ released

import { setTimeout as delay } from 'node:timers/promises';

/** A part of the bound. `release` may be called twice; after it was taken back, `grow` fails. */
export type Share = {
  /** Adds `amount` to it, if there is room. */
  grow: (amount: number) => boolean;
  /** From now on it may be taken back after `ms`. */
  hold: (ms: number) => void;
  release: () => void;
};

/** For how long to wait for room, in ms; aborted, there is no use in it. */
type Wait = { ms: number; signal: AbortSignal };

const POLL_MS = 10;

export class SharedBound {
  readonly #max: number;
  readonly #shares = new Set<{ amount: number; heldUntil: number; takeBack: () => void }>();
  #used = 0;

  /** At most `max` in all, of whatever is counted. */
  constructor(max: number) {
    this.#max = max;
  }

  /** A share of `amount`, which may be taken back after `ms`; undefined if there is no room. */
  acquire(amount: number, { ms, takeBack }: { ms: number; takeBack: () => void }): Share | undefined {
    const share = { amount: 0, heldUntil: performance.now() + ms, takeBack };
    this.#shares.add(share);
    const release = () => {
      if (this.#shares.delete(share)) this.#used -= share.amount;
    };
    const grow = (more: number) => {
      if (!this.#shares.has(share) || !this.#reclaim(more, share)) return false;
      share.amount += more;
      this.#used += more;
      return true;
    };
    const hold = (longer: number) => {
      share.heldUntil = performance.now() + longer;
    };
    if (grow(amount)) return { grow, hold, release };
    release();
    return undefined;
  }

  /** Takes back what may be, from the one held longest beyond its time on, until there is room for `amount`; false if there is none. */
  #reclaim(amount: number, own: object): boolean {
    const now = performance.now();
    while (this.#used + amount > this.#max) {
      let oldest: { amount: number; heldUntil: number; takeBack: () => void } | undefined;
      for (const share of this.#shares) {
        const isBefore = share.heldUntil <= (oldest?.heldUntil ?? now);
        if (share !== own && share.amount > 0 && isBefore) oldest = share;
      }
      if (oldest === undefined) return false;
      this.#shares.delete(oldest);
      this.#used -= oldest.amount;
      oldest.takeBack();
    }
    return true;
  }
}

/** What `acquire` gives as soon as it gives any; undefined when it does not within the time, or `signal` aborts. */
export async function waitForShare(acquire: () => Share | undefined, { ms, signal }: Wait): Promise<Share | undefined> {
  for (const deadline = performance.now() + ms; !signal.aborted; await delay(POLL_MS)) {
    const share = acquire();
    if (share !== undefined || performance.now() >= deadline) return share;
  }
  return undefined;
}
