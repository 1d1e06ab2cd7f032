// The private control API: POST /flush empties the resolver's caches (204); GET, PUT, DELETE /faults (faults.ts).

import type { Server } from 'node:http';
import { createControl as createServer } from '../../runtime/control/control.ts';
import { faultRoutes } from '../../runtime/control/faults.ts';
import { route } from '../../runtime/control/route.ts';
import { telemetryFaults } from '../../runtime/control/telemetry-faults.ts';
import type { Faults } from './faults.ts';

/** Makes the control server; not yet listening. */
export function createControl(flush: () => void, faults: Faults, allowedHosts: string[]): Server {
  const flushRoute = route('POST /flush', () => {
    flush();
    return { status: 204 };
  });
  return createServer([flushRoute, ...faultRoutes('dns', [...faults.definitions, ...telemetryFaults('dns')])], {
    hosts: allowedHosts,
  });
}
