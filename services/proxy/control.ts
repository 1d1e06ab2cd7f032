// The private control API: GET, PUT, DELETE /faults of its telemetry.

import type { Server } from 'node:http';
import { createControl as createServer } from '../../runtime/control/control.ts';
import { faultRoutes } from '../../runtime/control/faults.ts';
import { telemetryFaults } from '../../runtime/control/telemetry-faults.ts';

/** Creates the control server; it does not listen yet. */
export function createControl(allowedHosts: readonly string[]): Server {
  return createServer(faultRoutes('proxy', telemetryFaults('proxy')), { hosts: allowedHosts });
}
