// The faults of routers: each of this process can be down.

import type { FaultDefinition } from '../../runtime/control/faults.ts';
import { Problem } from '../../runtime/http/problem.ts';

/** What can be done with a router. */
export type Door = { readonly isOpen: boolean; open(): Promise<void>; close(): void };

/** A fault for each of `doors`, by the name of its router. */
export function routerFaults(doors: ReadonlyMap<string, Door>): FaultDefinition[] {
  return [...doors].map(([name, door]) => ({
    name,
    title: `The router ${name} is down`,
    sentence: `The router "${name}" is down: it takes no connections, and those that are open break.`,
    look: `\`forward\` has an event \`way tried\` that failed, and the request goes around, if there is a way around ${name}.`,
    kind: 'switch',
    default: false,
    get: () => !door.isOpen,
    set: async (isDown: boolean) => {
      if (isDown) return door.close();
      await door.open().catch((error: Error) => {
        throw new Problem(503, 'cannot_open', error.message);
      });
    },
  }));
}
