// Single services of the lab for a bench: on free ports, with one home, traced into a store of their own where they are traced.

import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePortVariables } from '../../lab/fixture.ts';
import { type ServiceName, services } from '../../otel/contract/services.ts';
import { cpuSeconds } from '../../runtime/platform/usage.ts';
import { ROOT } from '../../runtime/program.ts';
import { ready, stop } from './process.ts';
import { countSpans } from './stored.ts';

const TRACED = ['--import', './otel/instrument.ts'];

export type Services = Awaited<ReturnType<typeof createServices>>;

/** Prepares a home and ports; `stop` ends what was started, the first last, and removes the home. */
export async function createServices() {
  const home = mkdtempSync(join(tmpdir(), 'waybill-bench-'));
  const ports = await freePortVariables();
  const started: ChildProcess[] = [];
  const stopAll = async () => {
    for (const child of started.splice(0).toReversed()) await stop(child);
  };
  return {
    home,
    ports,
    url: (port: string, path = '') => `http://127.0.0.1:${ports[port]}${path}`,

    /** Starts a service with `variables`; resolves when it is ready. */
    async start(service: ServiceName, variables: NodeJS.ProcessEnv = {}, isTraced = false): Promise<ChildProcess> {
      const child = fork(`services/${service}/main.ts`, {
        cwd: ROOT,
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
        execArgv: [...services[service].options, ...(isTraced ? TRACED : [])],
        env: {
          ...process.env,
          ...ports,
          OTEL_SERVICE_NAME: service,
          OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${ports.WAYBILL_OTLP_PORT}`,
          WAYBILL_HOME: home,
          WAYBILL_LOG_LEVEL: 'warn',
          WAYBILL_STORE_MEGABYTES: '100000',
          WAYBILL_STORE_DAYS: '1000',
          NODE_COMPILE_CACHE: join(home, 'compiled'),
          ...variables,
        },
      });
      started.push(child);
      await ready(child);
      return child;
    },

    /** Has a process that is not a service of the lab ended with the others. */
    add(child: ChildProcess): ChildProcess {
      started.push(child);
      return child;
    },

    /** Ends all; resolves with how many spans of `service` are in the store. */
    async countSpans(service: string): Promise<number> {
      await stopAll();
      return countSpans(join(home, 'traces.db'), service);
    },

    async stop(): Promise<void> {
      await stopAll();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Resolves when the processes `pids` use no more CPU: their last spans are exported and stored. */
export async function untilIdle(...pids: (number | undefined)[]): Promise<void> {
  const used = () => pids.reduce<number>((sum, pid) => sum + cpuSeconds(pid), 0);
  for (let before = -1, after = used(); after - before > 0.05; after = used()) {
    before = after;
    await delay(400);
  }
}
