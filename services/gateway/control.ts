// The private control API: the table of workers, and faults.
//
//   GET    /workers    the workers, each with its state, and how many requests wait
//   POST   /reload     restarts all workers, one by one; answers when the last is up
//   GET, PUT, DELETE /faults   the settings that scenarios and lessons change (faults.ts)
//   GET, PUT, DELETE /app      the learner's own app (own-app/control.ts)

import { createControl as createServer } from '../../runtime/control/control.ts';
import { faultRoutes } from '../../runtime/control/faults.ts';
import { route } from '../../runtime/control/route.ts';
import { telemetryFaults } from '../../runtime/control/telemetry-faults.ts';
import { ApiError } from '../../runtime/http/api-error.ts';
import { listen } from '../../runtime/net/listen.ts';
import { closeServer } from '../../runtime/shutdown.ts';
import type { AppTelemetry } from './app-telemetry.ts';
import type { GatewayConfig, Settings } from './config.ts';
import { gatewayFaults } from './faults.ts';
import type { createOwnAppHolder } from './own-app/control.ts';
import type { WorkerPool } from './pool.ts';
import type { Queue } from './queue.ts';
import type { Worker } from './worker.ts';

type Controlled = {
  pool: WorkerPool;
  queue: Queue<Worker>;
  settings: Settings;
  appTelemetry: AppTelemetry;
  ownApp: ReturnType<typeof createOwnAppHolder>;
};

/** The control server; `settings` is changed in place. */
export function createControl(config: GatewayConfig, { pool, queue, settings, ownApp, appTelemetry }: Controlled) {
  let reloading: Promise<{ replaced: string[] }> | undefined;
  const reload = async () => {
    reloading ??= pool.reload().finally(() => {
      reloading = undefined;
    });
    const body = await reloading.catch((error: Error) => {
      throw new ApiError(503, 'not_replaced', error.message);
    });
    return { body };
  };

  const faults = [
    ...gatewayFaults(settings, config.settings),
    ...telemetryFaults('gateway'),
    ...telemetryFaults('app', appTelemetry),
  ];
  const server = createServer(
    [
      route('GET /workers', () => ({ body: { queue: queue.depth, workers: pool.workers.map(tableRow) } })),
      route('POST /reload', reload),
      ...faultRoutes('gateway', faults, () => {
        queue.serve(); // more workers may be free
        ownApp.app?.queue.serve();
      }),
      ...ownApp.routes,
    ],
    { hosts: config.allowedHosts },
  );
  return { listen: () => listen(server, config.control), close: () => closeServer(server) };
}

function tableRow({ id: worker, pid, origin, state, siteRelease: release, since, served, inHand }: Worker) {
  const ageMs = since === 0 ? 0 : Date.now() - since;
  return { worker, pid, origin, state, release, ageMs, served, inHand };
}
