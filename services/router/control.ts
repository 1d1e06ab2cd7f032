// The private control API, which takes a router down: GET, PUT, DELETE /faults (faults.ts).

import type { Server } from 'node:http';
import { createControl as createServer } from '../../runtime/control/control.ts';
import { faultRoutes } from '../../runtime/control/faults.ts';
import { type Listener, routerFaults } from './faults.ts';

/** Creates the control server of `listeners`, by router name; it does not listen yet. */
export function createControl(listeners: ReadonlyMap<string, Listener>, allowedHosts: string[]): Server {
  return createServer(faultRoutes('router', routerFaults(listeners)), { hosts: allowedHosts });
}
