// What stands beside each other in `npm run bench chain`: labs as `npm start` runs them, and nginx + gunicorn + Django.

import { mkdtempSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { childrenOf, freePortVariables, type Lab, startLab } from '../../tests/lab.ts';
import type { Page } from '../report/results.ts';
import { startDjango } from '../tools/django.ts';
import { startNginx } from '../tools/nginx.ts';
import { stop } from '../tools/process.ts';

/** One that is asked at `port`; `processes` are those that run for it, by name. */
export type Stand = {
  name: string;
  port: number;
  processes: () => { name: string; pid: number }[];
  /** How many requests it has answered so far. */
  answered: Record<Page, number>;
  /** For so long after its turn it still works at what it was asked, in ms. */
  settleMs?: number;
  stop: () => Promise<unknown>;
};

/** A stand that is a lab. */
export type LabStand = Stand & { lab: Lab };

/** OpenTelemetry for Python sends spans every 5 s; the lab within 40 ms. */
const PYTHON_SETTLES_MS = 7000;

/** The labs that are compared, by the variables that make them differ. */
export const LABS = {
  traced: {},
  untraced: { OTEL_SDK_DISABLED: 'true' },
  'sampled 1 %': { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.01' },
  protobuf: { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' },
} as const;

/** For more letters than a lab is meant for: none is turned away, no span is thrown away. */
const ROOM = { WAYBILL_LOG_LEVEL: 'warn', WAYBILL_STORE_MEGABYTES: '20000', WAYBILL_QUEUE_DEPTH: '1000' };

/** Starts a lab with `variables`. */
export async function startLabStand(name: string, variables: NodeJS.ProcessEnv): Promise<LabStand> {
  const lab = await startLab({ ...ROOM, ...variables });
  return {
    lab,
    name,
    answered: { dynamic: 0, static: 0 },
    port: Number(lab.config.ports.WAYBILL_SITE_PORT),
    processes: () => processesOf(lab),
    stop: lab.stop,
  };
}

/** `npm start` and every service that it runs; several workers are told apart. */
export function processesOf({ process: { pid = 0 } }: Lab): { name: string; pid: number }[] {
  let workers = 0;
  const services = childrenOf(pid).map((child) => {
    const [, name = 'other'] = /services\/(\w+)\//.exec(readFileSync(`/proc/${child}/cmdline`, 'utf8')) ?? [];
    return { name: name === 'app' ? `app-${++workers}` : name, pid: child };
  });
  return [{ name: 'npm start', pid }, ...services];
}

/** nginx in so many processes as there are cores, before gunicorn and Django, over the lab's database and static files; traced to the lab's store where `endpoint` is given. */
export async function startDjangoStand(name: string, home: string, { environment, config }: Lab, endpoint?: string) {
  const django = await startDjango(join(config.home, 'site.db'), endpoint);
  const port = Number((await freePortVariables()).WAYBILL_SITE_PORT);
  const locations = `
    location /static/ { alias ${environment.WAYBILL_HOME}/static/; }
    location / { proxy_pass http://127.0.0.1:${django.port}; proxy_set_header Host $host; }`;
  const nginx = startNginx(mkdtempSync(join(home, 'nginx-')), port, locations, availableParallelism());
  const { pid = 0 } = nginx;
  return {
    name,
    port,
    answered: { dynamic: 0, static: 0 },
    settleMs: endpoint === undefined ? 0 : PYTHON_SETTLES_MS,
    processes: () => [
      ...[pid, ...childrenOf(pid)].map((each) => ({ name: 'nginx', pid: each })),
      ...[django.pid, ...childrenOf(django.pid)].map((each) => ({ name: 'gunicorn', pid: each })),
    ],
    async stop() {
      await stop(nginx);
      await django.stop();
    },
  };
}
