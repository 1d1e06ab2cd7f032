// The faults of this process: each of its routers can be down.

import type { FaultDefinition } from '../../runtime/control/faults.ts';
import { ApiError } from '../../runtime/http/api-error.ts';

/** The listener of one router, which can be closed and opened again. */
export type Listener = { readonly isOpen: boolean; open(): Promise<void>; close(): void };

/** A fault for each of `listeners`, by the name of its router. */
export function routerFaults(listeners: ReadonlyMap<string, Listener>): FaultDefinition[] {
  return [...listeners].map(([name, listener]) => ({
    name,
    title: `The router ${name} is down`,
    sentence: `The router "${name}" is down: it accepts no connections, and those that are open are reset.`,
    look: `\`forward\` has an event \`route tried\` that failed; the request takes another route if there is one.`,
    kind: 'switch',
    default: false,
    get: () => !listener.isOpen,
    set: async (isDown: boolean) => {
      if (isDown) return listener.close();
      await listener.open().catch((error: Error) => {
        throw new ApiError(503, 'cannot_open', error.message);
      });
    },
  }));
}
