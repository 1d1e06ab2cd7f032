// The connections of a browser to one host: at most six at once, as browsers have with HTTP/1.1. A request that finds none free waits;
// of those that wait, the one with the highest priority is first, then the one that was named first.

import type { Connection } from '../visit/connection.ts';
import { type Priority, rankOf } from './resource.ts';

const MAX_CONNECTIONS = 6;

/** A place for one connection; undefined until it is opened, or when it could not be. */
export type Slot = { readonly number: number; connection: Connection | undefined };

export class HostConnections {
  readonly #slots: Slot[] = Array.from({ length: MAX_CONNECTIONS }, (_, at) => ({
    number: at + 1,
    connection: undefined,
  }));
  readonly #taken = new Set<Slot>();
  readonly #waiting: { priority: Priority; resolve: (slot: Slot) => void }[] = [];

  /** The first connection, if it is still open. */
  get first(): Connection | undefined {
    const [slot] = this.#slots;
    return slot?.connection?.usable ? slot.connection : undefined;
  }

  /** Keeps `connection` as the only one; the others are closed, after their response. */
  replace(connection: Connection): void {
    this.retire();
    const [slot] = this.#slots;
    if (slot) slot.connection = connection;
  }

  /** A slot of this request alone, until it is released: with an open connection if one is free, else for a new one. */
  acquire(priority: Priority): Promise<Slot> {
    const free = this.#slots.filter((slot) => !this.#taken.has(slot));
    const slot = free.find(({ connection }) => connection?.usable) ?? free[0];
    if (slot !== undefined) {
      this.#taken.add(slot);
      if (!slot.connection?.usable) slot.connection = undefined;
      return Promise.resolve(slot);
    }
    const { promise, resolve } = Promise.withResolvers<Slot>();
    const behind = this.#waiting.findIndex((other) => rankOf(other) > rankOf({ priority }));
    this.#waiting.splice(behind === -1 ? this.#waiting.length : behind, 0, { priority, resolve });
    return promise;
  }

  release(slot: Slot): void {
    if (!slot.connection?.usable) slot.connection = undefined;
    const next = this.#waiting.shift();
    if (next) next.resolve(slot);
    else this.#taken.delete(slot);
  }

  /** Closes all at once. */
  close(): void {
    for (const { connection } of this.#slots) connection?.destroy();
  }

  /** Closes all; those in use, after their response. */
  retire(): void {
    for (const slot of this.#slots) {
      slot.connection?.retire();
      slot.connection = undefined;
    }
  }
}
