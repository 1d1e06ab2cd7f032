// The private control API, whose faults take routers down: GET, PUT, DELETE /faults.

import type { Server } from 'node:http';
import { createControl as createServer } from '../../runtime/control/control.ts';
import { faultRoutes } from '../../runtime/control/faults.ts';
import { ApiError } from '../../runtime/http/api-error.ts';

/** The listener of one router, which can be closed and opened again. */
export type Listener = { readonly isOpen: boolean; open(): Promise<void>; close(): void };

/** Creates the control server with a fault for each of `listeners`, by router name; it does not listen yet. */
export function createControl(listeners: ReadonlyMap<string, Listener>, allowedHosts: string[]): Server {
  const faults = [...listeners].map(([name, listener]) => ({
    name,
    title: `The router ${name} is down`,
    sentence: `The router "${name}" is down: it accepts no connections, and those that are open are reset.`,
    look: `\`forward\` has an event \`route tried\` that failed; the request takes another route if there is one.`,
    kind: 'switch' as const,
    default: false,
    get: () => !listener.isOpen,
    set: async (isDown: boolean) => {
      if (isDown) return listener.close();
      await listener.open().catch((error: Error) => {
        throw new ApiError(503, 'cannot_open', error.message);
      });
    },
  }));
  return createServer(faultRoutes('router', faults), { hosts: allowedHosts });
}
