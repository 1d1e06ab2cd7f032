// What a request costs the gateway, untraced and traced: CPU time of its process. Two bare Node servers are the workers. Each gets
// one request at a time, as in the lab, or up to 32, so that no process sleeps between two requests: waking one on another core is
// most of the cost otherwise. The bare Node server itself, requested directly, shows how fast the machine is.

import { requirePrograms } from './tools/process.ts';
import { createServices, untilIdle } from './tools/services.ts';
import { type Effort, inTurns, printFigures, type System } from './tools/turns.ts';
import { startWorker } from './tools/worker.ts';
import { wrk } from './tools/wrk.ts';

const CONNECTIONS = 64;
const PAGE = '/letters/Ola/';

export async function main(effort: Effort): Promise<void> {
  requirePrograms(['wrk'], 'wrk');
  const lab = await createServices();
  const others: (typeof lab)[] = [];
  try {
    const app = Number(lab.ports.WAYBILL_APP_PORT);
    const store = await lab.start('store');
    const bare = lab.add(startWorker('app-1', app));
    lab.add(startWorker('app-2', app + 1));
    const direct: System = {
      name: 'bare Node server',
      run: wrk(lab.url('WAYBILL_APP_PORT', PAGE), CONNECTIONS),
      processes: () => [{ name: 'worker', pid: bare.pid }],
    };
    const gateways: System[] = [];
    for (const concurrency of [1, 32]) {
      for (const isTraced of [false, true]) {
        const own = await createServices();
        others.push(own);
        const variables = {
          OTEL_EXPORTER_OTLP_ENDPOINT: lab.url('WAYBILL_OTLP_PORT'),
          WAYBILL_WORKER_ADDRESSES: `127.0.0.1:${app},127.0.0.1:${app + 1}`,
          WAYBILL_WORKER_CONCURRENCY: String(concurrency),
        };
        const { pid } = await own.start('gateway', variables, isTraced);
        gateways.push({
          name: `${isTraced ? 'traced' : 'untraced'}, ${concurrency} at a time`,
          run: wrk(own.url('WAYBILL_GATEWAY_PORT', PAGE), CONNECTIONS),
          processes: () => [{ name: 'gateway', pid }],
          settle: () => untilIdle(pid, store.pid),
        });
      }
    }
    printFigures('gateway', await inTurns([direct, ...gateways], effort));
  } finally {
    for (const each of [...others, lab]) await each.stop();
  }
}
