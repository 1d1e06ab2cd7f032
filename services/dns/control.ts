// The private control API: what the lab needs and no client of a real resolver could ask for.
//
//   POST   /flush     empties the resolver's cache (204)
//   GET, PUT, DELETE /faults   what is broken on purpose (faults.ts)

import type { Server } from 'node:http';
import { createControl as createServer } from '../../runtime/control/control.ts';
import { faultRoutes } from '../../runtime/control/faults.ts';
import { route } from '../../runtime/control/route.ts';
import type { Faults } from './faults.ts';

type Controlled = { flush: () => void; faults: Faults; allowedHosts: string[] };

/** Makes the control server; not yet listening. */
export function createControl({ flush, faults, allowedHosts }: Controlled): Server {
  const emptyCache = route('POST /flush', () => {
    flush();
    return { status: 204 };
  });
  return createServer([emptyCache, ...faultRoutes('dns', faults.definitions)], { hosts: allowedHosts });
}
