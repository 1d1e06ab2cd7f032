// The private control API, whose faults take routers down and make their links long: GET, PUT, DELETE /faults.

import type { Server } from 'node:http';
import { createControl as createServer } from '../../runtime/control/control.ts';
import { type FaultDefinition, faultRoutes } from '../../runtime/control/faults.ts';
import { telemetryFaults } from '../../runtime/control/telemetry-faults.ts';
import { ApiError } from '../../runtime/http/api-error.ts';
import type { Links } from './router.ts';

/** The listener of one router, which can be closed and opened again. */
export type Listener = { readonly isOpen: boolean; open(): Promise<void>; close(): void };

/** The longest delay, in ms each way: the next router waits 2 s for the header. */
const MAX_DELAY = 1000;

/** Creates the control server with the faults of each of `routers`, by router name; it does not listen yet. */
export function createControl(
  routers: ReadonlyMap<string, { listener: Listener; links: Links }>,
  allowedHosts: string[],
): Server {
  const all = [...routers];
  const faults = [
    ...all.map(([name, { listener }]) => downFault(name, listener)),
    ...all.map(([name, { links }]) => delayFault(name, links)),
    ...telemetryFaults('router'),
  ];
  return createServer(faultRoutes('router', faults), { hosts: allowedHosts });
}

function downFault(name: string, listener: Listener): FaultDefinition {
  return {
    name,
    title: `The router ${name} is down`,
    sentence: `The router "${name}" is down: it accepts no connections, and those that are open are reset.`,
    look: `A \`forward\` (drawn as \`corner → …\` and so on) has an event \`route tried\` that failed; the request takes another route if there is one.`,
    kind: 'switch',
    default: false,
    get: () => !listener.isOpen,
    set: async (isDown: boolean) => {
      if (isDown) return listener.close();
      await listener.open().catch((error: Error) => {
        throw new ApiError(503, 'cannot_open', error.message);
      });
    },
  };
}

function delayFault(name: string, links: Links): FaultDefinition {
  return {
    name: `${name}Delay`,
    title: `A long cable after ${name}`,
    sentence: `Delay everything that is sent from the router "${name}" to the next one, and back: 1 ms is about 200 km of cable. Connections that are open already stay as they are.`,
    look: `\`forward\` (drawn as \`${name} → …\`) takes twice the delay: the connection is opened there and back. A kept connection does not need that.`,
    kind: 'number',
    default: 0,
    range: { min: 0, max: MAX_DELAY, unit: 'ms' },
    get: () => links.delay,
    set: (delay: number) => {
      links.delay = delay;
    },
  };
}
