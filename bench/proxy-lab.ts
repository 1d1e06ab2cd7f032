// What bench/proxy.ts measures: nginx, the proxy untraced and traced, the gateway with two workers, and the lab's store.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { services } from '../otel/contract/services.ts';
import { freePortVariables } from '../tests/lab.ts';
import { startNginx } from './tools/nginx.ts';
import { cpuSeconds, ready, stop, TRACED } from './tools/process.ts';
import { countSpans } from './tools/spans.ts';
import { startWorker } from './tools/worker.ts';

const ROOT = join(import.meta.dirname, '..');
/** Of the proxy: the entry, `location`, and `static file` or the upstream request to the gateway. */
const SPANS_A_REQUEST = 3;

export type Who = 'nginx' | 'untraced' | 'traced' | 'gateway';

/** `one`: servers and load share the first core, what works beside them has the others. `all`: everything has all. */
export type Cores = 'one' | 'all';

export type BenchLab = {
  of: Record<Who, { port: number; process: ChildProcess }>;
  /** Says on which cores everything runs from now on, this process and what it starts included. */
  place: (cores: Cores) => void;
  /** Waits until neither the traced processes nor the store work on what was measured. */
  settle: () => Promise<void>;
  /** Ends all; resolves with how many spans the traced proxy made, by its access log, and how many of them are stored. */
  stop: () => Promise<{ made: number; stored: number }>;
};

/** Starts everything on free ports, with files of its own. */
export async function startBench(): Promise<BenchLab> {
  const home = mkdtempSync(join(tmpdir(), 'waybill-bench-'));
  const files = join(home, 'static');
  mkdirSync(files);
  writeFileSync(join(files, 'small.css'), 'body { color: rebeccapurple }\n'.repeat(20));
  writeFileSync(join(files, 'large.bin'), Buffer.alloc(1_048_576, 'abc'));
  const accessLog = join(home, 'traced.log');
  const [ports, others] = [await freePortVariables(), await freePortVariables()];
  const [nginxPort, app] = [Number(others.WAYBILL_DNS_PORT), Number(ports.WAYBILL_APP_PORT)];

  const children: ChildProcess[] = [];
  process.once('exit', () => children.map((child) => child.kill())); // when it could not be stopped in order
  const service = async (entry: string, options: string[], environment: NodeJS.ProcessEnv) => {
    const child = spawn(process.execPath, [...options, entry], {
      cwd: ROOT,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: {
        ...process.env,
        ...environment,
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${ports.WAYBILL_OTLP_PORT}`,
        WAYBILL_HOME: home,
        WAYBILL_STORE_MEGABYTES: '20000',
        WAYBILL_GATEWAY: `127.0.0.1:${ports.WAYBILL_GATEWAY_PORT}`,
        WAYBILL_WORKER_ADDRESSES: `127.0.0.1:${app},127.0.0.1:${app + 1}`,
        WAYBILL_STATIC_ROOT: files,
        WAYBILL_ACCESS_LOG: options === TRACED ? accessLog : join(home, 'untraced.log'),
      },
    });
    children.push(child);
    await ready(child);
    return child;
  };

  const nginx = startNginx(home, nginxPort, `location /static/ { alias ${files}/; expires 60; }`);
  children.push(nginx, startWorker('app-1', app), startWorker('app-2', app + 1));
  const store = await service('services/store/main.ts', [...services.store.options], ports);
  const gateway = await service('services/gateway/main.ts', TRACED, { ...ports, OTEL_SERVICE_NAME: 'gateway' });
  const traced = await service('services/proxy/main.ts', TRACED, { ...ports, OTEL_SERVICE_NAME: 'proxy' });
  const untraced = await service('services/proxy/main.ts', [], others);

  const last = availableParallelism() - 1;

  return {
    place(cores) {
      const isShared = cores === 'one' && last > 0;
      const first = [nginx.pid, untraced.pid, traced.pid, process.pid];
      for (const pid of [process.pid, ...children.map((child) => child.pid)]) {
        const own = !isShared ? `0-${last}` : first.includes(pid) ? '0' : `1-${last}`;
        execFileSync('taskset', ['-acp', own, String(pid)]);
      }
    },
    of: {
      nginx: { port: nginxPort, process: nginx },
      untraced: { port: Number(others.WAYBILL_SITE_PORT), process: untraced },
      traced: { port: Number(ports.WAYBILL_SITE_PORT), process: traced },
      gateway: { port: Number(ports.WAYBILL_GATEWAY_PORT), process: gateway },
    },
    async settle() {
      const used = () => [traced, gateway, store].reduce((sum, child) => sum + cpuSeconds(child), 0);
      for (let before = -1, after = used(); after - before > 0.05; after = used()) {
        before = after;
        await delay(400);
      }
    },
    async stop() {
      for (const child of children.filter((each) => each !== store)) await stop(child);
      await stop(store);
      const lines = readFileSync(accessLog).reduce((sum, byte) => sum + (byte === 10 ? 1 : 0), 0);
      const stored = countSpans(join(home, 'traces.db'), 'proxy');
      rmSync(home, { recursive: true });
      return { made: lines * SPANS_A_REQUEST, stored };
    },
  };
}
