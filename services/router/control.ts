// The private control API, by which a router can be taken down: GET, PUT, DELETE /faults (faults.ts).

import type { Server } from 'node:http';
import { createControl as createServer } from '../../runtime/control/control.ts';
import { faultRoutes } from '../../runtime/control/faults.ts';
import { type Door, routerFaults } from './faults.ts';

/** Makes the control server over `doors`, by the names of their routers; not yet listening. */
export function createControl(doors: ReadonlyMap<string, Door>, allowedHosts: string[]): Server {
  return createServer(faultRoutes('router', routerFaults(doors)), { hosts: allowedHosts });
}
