// What bench/proxy.ts measures: nginx, the proxy untraced and traced, the gateway with two workers, and the lab's store.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { freePortVariables } from '../tests/lab.ts';

const ROOT = join(import.meta.dirname, '..');
const NGINX = '/usr/sbin/nginx';
/** Of the proxy: the entry, `location`, and `static file` or the errand to the gateway. */
const SPANS_A_REQUEST = 3;

/** Answers at once, so that a worker is never what is waited for. */
const WORKER = `
  const [id, port] = process.argv.slice(1);
  const page = 'x'.repeat(2000);
  require('node:http').createServer({ keepAliveTimeout: 0 }, (request, response) => {
    response.setHeader('content-type', 'text/html');
    if (request.url === '/healthz') response.end(JSON.stringify({ worker: id, pid: process.pid, started: 0 }));
    else response.setHeader('content-length', page.length).end(page);
  }).listen(Number(port), '127.0.0.1');`;

export type Who = 'nginx' | 'untraced' | 'traced' | 'gateway';

/** `one`: servers and load share the first core, what works beside them has the others. `all`: everything has all. */
export type Cores = 'one' | 'all';

export type BenchLab = {
  of: Record<Who, { port: number; process: ChildProcess }>;
  /** Says on which cores everything runs from now on. */
  place: (cores: Cores) => void;
  /** The cores for what sends the requests, as taskset names them. */
  coresOfLoad: () => string;
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
  const [ports, others] = [await freePortVariables(), await freePortVariables()];
  const [nginxPort, app] = [Number(others.WAYBILL_DNS_PORT), Number(ports.WAYBILL_APP_PORT)];
  writeFileSync(join(home, 'nginx.conf'), nginxConfig(home, nginxPort));

  const children: ChildProcess[] = [];
  const run = (command: string, args: string[]) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
    children.push(child);
    return child;
  };
  const service = async (entry: string, isTraced: boolean, environment: NodeJS.ProcessEnv) => {
    const child = spawn(process.execPath, [...(isTraced ? ['--import', './otel/instrument.ts'] : []), entry], {
      cwd: ROOT,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: {
        ...process.env,
        ...environment,
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${ports.WAYBILL_OTLP_PORT}`,
        WAYBILL_HOME: home,
        WAYBILL_STORE_MEGABYTES: '20000',
        WAYBILL_GATEWAY: `127.0.0.1:${ports.WAYBILL_GATEWAY_PORT}`,
        WAYBILL_WORKERS_AT: `127.0.0.1:${app},127.0.0.1:${app + 1}`,
        WAYBILL_STATIC_ROOT: files,
        WAYBILL_ACCESS_LOG: join(home, `access-${isTraced}.log`),
      },
    });
    children.push(child);
    await once(child, 'message');
    return child;
  };

  const nginx = run(NGINX, ['-c', join(home, 'nginx.conf'), '-e', join(home, 'error.log')]);
  for (const worker of [1, 2]) run(process.execPath, ['--eval', WORKER, `app-${worker}`, String(app + worker - 1)]);
  const store = await service('otel/store/main.ts', false, ports);
  const gateway = await service('services/gateway/main.ts', true, { ...ports, OTEL_SERVICE_NAME: 'gateway' });
  const traced = await service('services/proxy/main.ts', true, { ...ports, OTEL_SERVICE_NAME: 'proxy' });
  const untraced = await service('services/proxy/main.ts', false, others);

  const last = availableParallelism() - 1;
  let placed: Cores = 'all';

  return {
    place(cores) {
      placed = cores;
      const [first, others] = cores === 'one' && last > 0 ? ['0', `1-${last}`] : [`0-${last}`, `0-${last}`];
      for (const child of children) {
        const servers = [nginx, untraced, traced];
        execFileSync('taskset', ['-acp', servers.includes(child) ? first : others, String(child.pid)]);
      }
    },
    coresOfLoad: () => (placed === 'one' ? '0' : `0-${last}`),
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
      for (const child of children.filter((each) => each !== store)) await end(child);
      await end(store);
      const lines = readFileSync(join(home, 'access-true.log')).reduce((sum, byte) => sum + (byte === 10 ? 1 : 0), 0);
      const stored = countSpans(join(home, 'traces.db'), 'proxy');
      rmSync(home, { recursive: true });
      return { made: lines * SPANS_A_REQUEST, stored };
    },
  };
}

/** User and system time that a process has used (Linux: in ticks of 10 ms). */
export function cpuSeconds({ pid }: ChildProcess): number {
  const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
  const [utime = 0, stime = 0] = fields.split(' ').slice(11, 13).map(Number);
  return (utime + stime) / 100;
}

export function residentMegabytes({ pid }: ChildProcess): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1000;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

/** How many spans of `service` are in the store's `file`: in chunks, each a row of length-delimited messages (OTLP, `repeated Span`). */
export function countSpans(file: string, service: string): number {
  const database = new DatabaseSync(file, { readOnly: true });
  const query = 'SELECT spans FROM chunk WHERE source IN (SELECT no FROM source WHERE service = ?)';
  const chunks = database.prepare(query).iterate(service) as Iterable<{ spans: Uint8Array }>;
  let spans = 0;
  for (const { spans: chunk } of chunks) {
    for (let at = 1; at < chunk.length; at++) {
      let length = 0;
      for (let shift = 0; ; shift += 7) {
        const byte = chunk[at++] ?? 0;
        length |= (byte & 0x7f) << shift;
        if (byte < 0x80) break;
      }
      at += length;
      spans++;
    }
  }
  database.close();
  return spans;
}

function nginxConfig(home: string, port: number): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${home}/${name};`,
  );
  return `
    daemon off; master_process off; pid ${home}/nginx.pid;
    events { worker_connections 1024; }
    http {
      include /etc/nginx/mime.types; sendfile on; tcp_nopush on; keepalive_requests 1000000000; ${temporary.join(' ')}
      access_log ${home}/nginx.log combined buffer=64k flush=1s;
      server { listen 127.0.0.1:${port}; location /static/ { alias ${home}/static/; expires 60; } }
    }`;
}
